"""A store's sign chain for tests: a trial root, three people, and signatures without any check.

Keys are made with few rounds: the tests of ``keyfiles`` and the benchmark use the real number.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from storedesk.domain.signatures import Role
from storedesk.papers import fonts
from storedesk.papers.form import read_form
from storedesk.papers.identity import Holder, KeyFile, OpenKey, issue, make_trial_root, open_key
from storedesk.papers.places import FIELDS
from storedesk.papers.seals import Seal, sealed
from storedesk.papers.stamps import Stamp
from tests.helpers.dailies import FONTS

PASSPHRASE = "南湖店的签名口令"  # noqa: S105  # of keys that live as long as a test
ROUNDS = 1_000
COMMENT = "已阅。抽屉问题三天内回复客户张𠮷、李㛃，安装部写清原因。"

CALLER = Holder("赵倩", (Role.CALLER,), "回访人", "CN01", "好家居南湖店", "YG-003")
MANAGER = Holder("周敏", (Role.MANAGER,), "客服主管", "CN01", "好家居南湖店", "YG-002")
GM = Holder("王建国", (Role.GM,), "店长", "CN01", "好家居南湖店", "YG-001")


@dataclass(frozen=True)
class Cast:
    """A root and the people it certified."""

    root: KeyFile
    opened_root: OpenKey

    def key_file(self, holder: Holder, days_ago: int = 0) -> KeyFile:
        """Issue a key, as if ``days_ago``."""

        def then() -> datetime:
            return datetime.now(UTC) - timedelta(days=days_ago)

        return issue(self.opened_root, holder, PASSPHRASE, now=then, rounds=ROUNDS)

    def key(self, holder: Holder, days_ago: int = 0) -> OpenKey:
        """Issue a key and open it."""
        return open_key(self.key_file(holder, days_ago).p12, PASSPHRASE)

    @property
    def roots(self) -> list[bytes]:
        """What ``verify`` is to trust."""
        return [self.root.pem]


def new_cast() -> Cast:
    """Make a root of its own; two of them bear the same name and are different all the same."""
    root = make_trial_root("CN01", "好家居南湖店", PASSPHRASE, rounds=ROUNDS)
    return Cast(root, open_key(root.p12, PASSPHRASE))


@cache
def cast() -> Cast:
    """Return the store's one cast."""
    return new_cast()


@cache
def staff(role: Role) -> OpenKey:
    """Return the opened key of the person who has this role."""
    return cast().key({Role.CALLER: CALLER, Role.MANAGER: MANAGER, Role.GM: GM}[role])


def sign(
    report: bytes,
    role: Role,
    key: OpenKey | None = None,
    *,
    field: str = "",
    comment: str = "",
    minutes: int = 0,
) -> bytes:
    """Put a signature into the field of a role, whatever the rules say about it.

    ``minutes`` is how far the signing PC's clock is ahead.
    """
    key = key or staff(role)
    form = read_form(PdfFileReader(io.BytesIO(report)))
    name = field or FIELDS[role]
    at = datetime.now(UTC).astimezone() + timedelta(minutes=minutes)
    holder = key.certificate.holder
    stamp = Stamp(holder.name, holder.label, at.replace(tzinfo=None), key.certificate.mark)
    first = not form.signed_count()
    seal = Seal(form.fields[name], stamp, at, "测试", first=first, comment=comment)
    return sealed(report, form, seal, key, fonts.load(FONTS))


def signed_by_two(report: bytes) -> bytes:
    """Return the report with the caller's and the manager's signature."""
    return sign(sign(report, Role.CALLER), Role.MANAGER)


def sign_all(report: bytes) -> bytes:
    """Return the report with all three signatures and a 批示."""
    return sign(signed_by_two(report), Role.GM, comment=COMMENT)


def revise(report: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append a revision, as an attacker does who leaves all signed bytes in place."""
    writer = IncrementalPdfFileWriter(io.BytesIO(report))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
