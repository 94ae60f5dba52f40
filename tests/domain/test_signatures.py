from __future__ import annotations

from datetime import datetime

import pytest

from storedesk.domain.signatures import (
    CALLER_AND_MANAGER,
    SIGNING_ORDER,
    Role,
    RoleLabels,
    Signer,
    Verdict,
)

SIGNER = Signer("赵倩", "回访人", (Role.CALLER,), datetime(2026, 11, 22, 18, 31, 7), 1, trial=False)


@pytest.mark.parametrize(
    ("labels", "roles", "expected"),
    [
        (RoleLabels(), (Role.GM,), "店长"),
        (RoleLabels("回访人", "客服经理", "总经理"), (Role.MANAGER,), "客服经理"),
        (RoleLabels(), CALLER_AND_MANAGER, "回访人兼客服主管"),
        (RoleLabels(), (Role.MANAGER, Role.CALLER), "回访人兼客服主管"),
        (RoleLabels(), (), ""),
    ],
)
def test_roles_are_called_as_the_trade_calls_them(
    labels: RoleLabels, roles: tuple[Role, ...], expected: str
) -> None:
    assert labels.of(*roles) == expected


def test_order_of_signing_is_the_founding_documents() -> None:
    assert [RoleLabels().of(role) for role in SIGNING_ORDER] == ["回访人", "客服主管", "店长"]


def test_signer_is_one_line() -> None:
    assert SIGNER.sentence() == "1. 赵倩（回访人），2026-11-22 18:31:07"
    timeless = Signer("赵倩", "回访人", (), None, 2, trial=True)
    assert timeless.sentence() == "2. 赵倩（回访人）"


def test_headline_and_code_for_each_outcome() -> None:
    """Readable, trusted, unaltered, complete → exit code and first sentence."""
    number = "RB-20261122"
    good = Verdict(True, True, True, True, (SIGNER,), report_no=number)
    trial = Verdict(
        True, True, True, True, (Signer("王", "店长", (), None, 1, trial=True),), report_no=number
    )
    half = Verdict(True, True, True, False, (SIGNER,), ("还差店长签字。",), report_no=number)
    bad = Verdict(True, True, False, True, (SIGNER,), ("在店长签字后被改过（第 2 页）。",))
    unsigned = Verdict(True, False, True, False, findings=("还没有人签字。",), report_no=number)
    ruined = Verdict(True, False, False, False, findings=("签字的结构被破坏，无法核验。",))
    broken = Verdict(False, False, False, False, findings=("打不开：不是 PDF。",))

    outcomes = (good, trial, half, bad, unsigned, ruined, broken)
    assert [(v.exit_code, v.headline()) for v in outcomes] == [
        (0, "可以采信：日报 RB-20261122 由 1 人依次签字，签后没有改动。"),
        (0, "可以采信（试用根签发，只供试用）：日报 RB-20261122 由 1 人依次签字，签后没有改动。"),
        (1, "还没有签完：日报 RB-20261122。还差店长签字。"),
        (1, "不能采信：这份文件 在店长签字后被改过（第 2 页）。请向门店要原件。"),
        (1, "还没有签完：日报 RB-20261122。还没有人签字。"),
        (1, "不能采信：这份文件：签字的结构被破坏，无法核验。请向门店要原件。"),
        (2, "读不出来：打不开：不是 PDF。"),
    ]
