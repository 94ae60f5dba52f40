from __future__ import annotations

import pytest

from storedesk.domain.signatures import Role
from storedesk.papers.comparing import differences
from tests.helpers import signers, tampering


def test_a_revision_equals_itself(signed: bytes) -> None:
    assert differences(signed, signed) == ()


def test_next_signature_and_comment_are_no_difference(unsigned: bytes, signed: bytes) -> None:
    assert differences(unsigned, signed) == ()
    two = signed[: tampering.revision_end(signed, 1)]
    assert differences(two, signed) == ()


def test_comment_written_after_the_last_signature_is_a_difference(unsigned: bytes) -> None:
    silent = signers.sign(signers.signed_by_two(unsigned), Role.GM)
    case = next(case for case in tampering.CASES if case.name.startswith("16"))
    assert differences(silent, case.tamper(unsigned, silent)) == ("批示",)


def test_several_changes_are_all_named(unsigned: bytes, signed: bytes) -> None:
    changed = signed
    for name in ("06", "08", "14", "16", "25"):
        case = next(case for case in tampering.CASES if case.name.startswith(name))
        changed = case.tamper(unsigned, changed)
    assert differences(signed, changed) == (
        "页数由 3 变为 4",
        "第 1 页",
        "附件 rows.json",
        "批示",
        "打开时运行的动作",
    )


@pytest.mark.parametrize("damaged", [b"", b"%PDF-1.7 nothing"])
def test_what_cannot_be_opened_is_not_compared(damaged: bytes, signed: bytes) -> None:
    assert differences(damaged, signed) == ()
