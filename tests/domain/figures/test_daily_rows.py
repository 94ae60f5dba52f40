from __future__ import annotations

from datetime import datetime

import pytest

from storedesk.domain.daily import DailyRow
from storedesk.domain.figures.call_state import CallState, state_on
from storedesk.domain.figures.daily_rows import FrozenRow, frozen_row, printed_row
from storedesk.domain.figures.daily_table import daily_table
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.values import Value
from tests.domain.figures.calls import ON, at, attempt, called, followup, untried
from tests.domain.stores import row


def issue(**values: Value) -> Issue:
    usual: dict[str, Value] = {"department": "配送安装", "answer_due": datetime(2026, 11, 24, 18)}
    return Issue(row("issues", "YJ-20261122-A001", **(usual | values)))


def frozen(call: CallState, *issues: Issue, **scores: str) -> FrozenRow:
    return frozen_row(1, call, issues, scores)


def printed(call: CallState, *issues: Issue) -> DailyRow:
    return printed_row(frozen(call, *issues), call)


def test_phone_and_numbers_within_words_are_masked() -> None:
    call = called("成功", opinion="打我13912345678", product="K5 苏J12345")
    line = frozen(call, issue(answer="已打13912345678"), T4="微信13912345678")
    assert (line.phone, line.opinion) == ("138****5678", "打我139****5678")
    assert line.product == "K5 苏J**45"
    assert line.handling == "已答复：已打139****5678"
    assert line.scores == {"T4": "微信139****5678"}


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (called("成功"), "成功"),
        (called("无人接听"), "无人接听\n待重拨"),
        (called("空号"), "空号"),
        (called("改约"), "改约\n待重拨"),
        (untried(), "未访"),
        (untried(last_on=ON), "逾期未访"),
        (untried(outcome="失败"), "失败"),
    ],
)
def test_the_result_says_what_comes_next(call: CallState, result: str) -> None:
    assert printed(call).result == result


def test_a_message_and_an_appointment_are_told() -> None:
    of = followup(outcome="成功", done_at=at())
    by_message = state_on(of, [attempt(of, "成功", channel="微信")], ON)
    assert printed(by_message).result == "成功(微信)"
    of = followup()
    put_off = state_on(of, [attempt(of, "改约", appointed_at=datetime(2026, 11, 23, 15, 30))], ON)
    assert printed(put_off).result == "改约\n11-23 15:30"


@pytest.mark.parametrize(
    ("cells", "satisfaction"),
    [
        ({"overall": 5}, "非常满意"),
        ({"overall": 2, "solved": False}, "不满意\n未解决"),
        ({"overall": 0, "solved": True}, "不表态"),
        ({"overall": None, "solved": False}, "未解决"),
        ({"overall": 4.5}, "满意"),
        ({"overall": 9}, "9"),
    ],
)
def test_satisfaction_in_words(cells: dict[str, Value], satisfaction: str) -> None:
    assert printed(called("成功", **cells)).satisfaction == satisfaction


def test_what_was_answered_later_is_not_told_of_a_day_without_success() -> None:
    line = frozen(untried(overall=5, recommend=9, solved=True, opinion="好"), T1="5")
    told = (line.overall, line.recommend, line.solved, line.opinion, line.scores)
    assert told == (None, None, None, "", {})


@pytest.mark.parametrize(
    ("cells", "handling"),
    [
        ({}, ""),
        ({"action": "已报安装部"}, "已报安装部"),
        ({"action": "已报安装部", "answer": "明天上门"}, "已答复：明天上门"),
        ({"answer": "x", "complaint": "TS-20261122-A001"}, "已转客诉 TS-20261122-A001"),
    ],
)
def test_what_was_done_about_an_opinion(cells: dict[str, Value], handling: str) -> None:
    line = printed(called("成功"), issue(**cells))
    assert (line.handling, line.department) == (handling, "配送安装")
    assert line.answer_due_at == datetime(2026, 11, 24, 18)


def test_where_no_department_is_named_the_person_answers() -> None:
    line = printed(called("成功"), issue(department=None, owner="林晓"), issue(owner="林晓"))
    assert line.department == "林晓、配送安装"
    nobody = printed(called("成功"), issue(department=None, answer_due=None))
    assert (nobody.department, nobody.answer_due_at) == ("", None)


def test_ones_own_customer_is_noted_once_called() -> None:
    own = called("成功", sales_owner="赵倩")
    assert frozen(own).own_customer
    assert printed(own, issue(action="已报")).handling == "已报\n回访人是这一单的经手人"
    assert not frozen(untried(sales_owner="赵倩")).own_customer
    assert not frozen(called("成功", caller=None, sales_owner=None)).own_customer


def test_the_table_has_a_column_for_each_question_answered() -> None:
    rows = [frozen(called("成功"), A2="正常", T1="5"), frozen(called("成功"), T1="4", B9="x")]
    table = daily_table([("七天回访", rows)], {"T1": "整体打几分", "A2": "用着好吗"})
    assert table.headers[-3:] == ("A2 用着好吗", "B9", "T1 整体打几分")
    assert [line[-3:] for line in table.rows] == [("正常", None, 5), (None, "x", 4)]
    assert all(len(line) == len(table.headers) for line in table.rows)
    assert table.rows[0][:5] == ("七天回访", 1, rows[0].id, "王建国", "138****5678")
