"""Times of the daily report, from drawing to verifying. One line per figure: name, measured, limit.

Run it on a quiet machine::

    python tests/benchmarks/bench_papers.py

Each figure is the best of several, with all libraries loaded: the window loads them beforehand.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # so that it runs as a plain script

from storedesk.domain.signatures import Role  # noqa: E402  # after the path is set
from storedesk.papers.identity import Holder, KeyFile, issue, make_trial_root, open_key  # noqa: E402
from storedesk.papers.pages import render  # noqa: E402
from storedesk.papers.report import build_daily  # noqa: E402
from storedesk.papers.signing import SigningSession  # noqa: E402
from storedesk.papers.verifying import verify  # noqa: E402
from tests.helpers import dailies  # noqa: E402

PASSPHRASE = "南湖店的签名口令"  # noqa: S105  # of keys that live as long as this run
PEOPLE = (
    ("赵倩", Role.CALLER, "回访人"),
    ("周敏", Role.MANAGER, "客服主管"),
    ("王建国", Role.GM, "店长"),
)
REPEATS = 5


class Bench:
    """A store's root and keys, made with the real number of rounds."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "RB-20261122.pdf"
        self.root = make_trial_root("CN01", "好家居南湖店", PASSPHRASE)
        opened = open_key(self.root.p12, PASSPHRASE)
        self.keys: list[KeyFile] = [
            issue(opened, Holder(name, (role,), label, "CN01", "好家居南湖店"), PASSPHRASE)
            for name, role, label in PEOPLE
        ]
        out = io.BytesIO()
        openpyxl.Workbook().save(out)
        self.xlsx = out.getvalue()

    def build(self, rows: int) -> bytes:
        """Draw and archive a daily of so many rows."""
        return build_daily(
            dailies.daily(rows, 0),
            rows_json=b'{"rows":[]}',
            rows_xlsx=self.xlsx,
            fonts=dailies.FONTS,
            template=dailies.template(),
        )

    def sign(self, number: int) -> None:
        """Open a key with its passphrase and give the next signature."""
        key = self.keys[number].p12
        roots = [self.root.pem]
        session = SigningSession.open(key, PASSPHRASE, roots=roots, fonts=dailies.FONTS)
        session.sign(self.path, comment="已阅，三天内回复客户。" if number == 2 else "")

    def sign_first(self) -> None:
        """Sign a fresh report once."""
        self.path.write_bytes(self.fresh)
        self.sign(0)

    def sign_last(self) -> None:
        """Give the third signature, with the 批示 and two signatures to verify before."""
        self.path.write_bytes(self.half_signed)
        self.sign(2)

    def prepare(self) -> None:
        """Keep a fresh and a half-signed report at hand; loads every library on the way."""
        self.fresh = self.build(50)
        self.path.write_bytes(self.fresh)
        self.sign(0)
        self.sign(1)
        self.half_signed = self.path.read_bytes()
        self.sign(2)
        self.signed = self.path.read_bytes()

    def verify(self) -> None:
        """Verify the report signed by three."""
        verdict = verify(self.signed, [self.root.pem])
        if verdict.exit_code:
            raise SystemExit(verdict.headline())

    def day(self) -> None:
        """Make the day's report, have it signed by three, verify it."""
        self.path.write_bytes(self.build(50))
        for number in range(len(PEOPLE)):
            self.sign(number)
        if verify(self.path, [self.root.pem]).exit_code:
            raise SystemExit("the day's report is not trusted")


def best(work: Callable[[], object]) -> float:
    """Return the best time in milliseconds."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begin))
    return min(times)


def main() -> int:
    """Print every figure; 1 if one is over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.prepare()
        figures: list[tuple[str, Callable[[], object], float]] = [
            ("daily of 50 rows", lambda: bench.build(50), 150),
            ("daily of 500 rows", lambda: bench.build(500), 600),
            ("first signature with its key", bench.sign_first, 300),
            ("last signature with its key", bench.sign_last, 300),
            ("verify three signatures", bench.verify, 300),
            ("make, sign by three, verify", bench.day, 2000),
            ("first page as a picture", lambda: render(bench.signed), 100),
        ]
        over = 0
        for name, work, limit in figures:
            measured = best(work)
            over += measured > limit
            verdict = "ok" if measured <= limit else "OVER"
            print(f"papers: {name:<32} {measured:7.0f} ms  limit {limit:5.0f} ms  {verdict}")  # noqa: T201
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
