"""Says whether a signed report can be trusted: who signed, in which order, and what was altered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storedesk.domain.signatures import Verdict
from storedesk.papers.identity import Now, real_now

_LARGEST = 64 * 1024 * 1024  # bytes; a daily of 5,000 rows has 1 MB


def verify(
    report: Path | bytes,
    roots: Sequence[bytes],
    *,
    revocations: Sequence[bytes] = (),
    now: Now = real_now,
) -> Verdict:
    """Verify a report. Whatever is wrong with the file is a finding, never an exception.

    Call it from a worker thread, not from a running event loop.

    Args:
        report: a file, or what is in it.
        roots: pinned root certificates (PEM or DER); never take one lying beside the file.
        revocations: revocation lists (DER) of these roots.
        now: the real clock; certificates must be valid at this moment.
    """
    # pyHanko takes 0.7 s to load: only who verifies waits for it
    from storedesk.papers.inspecting import inspect  # noqa: PLC0415
    from storedesk.papers.standing import Authorities  # noqa: PLC0415

    try:
        if isinstance(report, Path) and report.stat().st_size > _LARGEST:
            return _unreadable("太大，不像一份日报，没有打开。")
        data = report.read_bytes() if isinstance(report, Path) else report
    except OSError:
        return _unreadable("打不开：文件不在原处，或没有权限读取。")
    return inspect(data, Authorities.of(roots, revocations, now()))


def _unreadable(finding: str) -> Verdict:
    return Verdict(False, False, False, False, findings=(finding,))
