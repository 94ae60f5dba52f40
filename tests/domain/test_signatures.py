from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from storedesk.domain.signatures import SIGNING_ORDER, Role, RoleLabels, Signer, Verdict

WANG = Signer("王芳", "回访人", (Role.CALLER,), datetime(2026, 11, 22, 18, 0, 5), 1, trial=False)
GOOD = Verdict(
    readable=True,
    trusted=True,
    unaltered=True,
    complete=True,
    signers=(WANG, replace(WANG, order=2), replace(WANG, order=3)),
    report_no="RB-20261122-7DC",
)


@pytest.mark.parametrize(
    ("roles", "label"),
    [
        ((Role.GM,), "店长"),
        ((Role.CALLER,), "回访人"),
        ((Role.MANAGER, Role.CALLER), "回访人兼客服主管"),
        ((), ""),
    ],
)
def test_labels_of_one_person_stand_in_signing_order(roles: tuple[Role, ...], label: str) -> None:
    assert RoleLabels().of(*roles) == label


def test_cars_have_their_own_labels() -> None:
    labels = RoleLabels(manager="客服经理", gm="总经理")
    assert [labels.of(role) for role in SIGNING_ORDER] == ["回访人", "客服经理", "总经理"]


def test_a_signature_in_one_line() -> None:
    assert WANG.sentence() == "1. 王芳（回访人），2026-11-22 18:00:05"
    assert replace(WANG, at=None).sentence() == "1. 王芳（回访人）"


@pytest.mark.parametrize(
    ("verdict", "code", "headline"),
    [
        (GOOD, 0, "可以采信：日报 RB-20261122-7DC 由 3 人依次签字，签后没有改动。"),
        (
            replace(GOOD, signers=(replace(WANG, trial=True),)),
            0,
            (
                "可以采信（试用根签发，只供试用）："
                "日报 RB-20261122-7DC 由 1 人依次签字，签后没有改动。"
            ),
        ),
        (
            replace(GOOD, unaltered=False, findings=("第 2 页在签后被改过。", "还有别的。")),
            1,
            "不能采信：日报 RB-20261122-7DC。第 2 页在签后被改过。",
        ),
        (replace(GOOD, trusted=False), 1, "不能采信：日报 RB-20261122-7DC。"),
        (
            replace(GOOD, complete=False, findings=("还差店长。",)),
            1,
            "还没有签完：日报 RB-20261122-7DC。还差店长。",
        ),
        (replace(GOOD, complete=False), 1, "还没有签完：日报 RB-20261122-7DC。"),
        (
            replace(GOOD, complete=False, signers=(), report_no=""),
            1,
            "不能采信：这份文件。",
        ),
        (replace(GOOD, readable=False, findings=("不是 PDF。",)), 2, "读不出来：不是 PDF。"),
        (replace(GOOD, readable=False, report_no=""), 2, "读不出来：这份文件"),
    ],
)
def test_a_verdict_in_one_sentence_and_one_number(
    verdict: Verdict, code: int, headline: str
) -> None:
    assert (verdict.exit_code, verdict.headline()) == (code, headline)
