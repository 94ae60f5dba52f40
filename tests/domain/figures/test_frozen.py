from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from storedesk.domain.daily import Correction, EmptyDays
from storedesk.domain.figures.frozen import FORMAT, as_json, differences, read_json


def tree(**changes: Any) -> dict[str, Any]:
    """Return a small report as read back; ``changes`` go into its only row."""
    line = {"id": "HF-1", "customer": "王建国", "result": "成功", "overall": 5, "opinion": ""}
    section = {
        "key": "7DC",
        "label": "七天回访",
        "counts": {"due_count": 1, "success_count": 1},
        "rows": [line | changes],
    }
    said = {"number": "YJ-1", "customer": "王建国", "content": "异响", "earlier": False}
    carried = {"number": "YJ-0", "customer": "李秀英", "content": "旧", "earlier": True}
    return {"format": FORMAT, "sections": [section], "issues": [said, carried]}


def test_the_same_facts_make_the_same_bytes() -> None:
    facts = {"b": date(2026, 11, 22), "a": datetime(2026, 11, 22, 10, 24), "c": [True, None, 0.5]}
    assert as_json(facts) == b'{"a":"2026-11-22 10:24","b":"2026-11-22","c":[true,null,0.5]}'
    told = as_json({"empty": (EmptyDays(date(2026, 11, 20), date(2026, 11, 21)),)}).decode()
    assert json.loads(told)["empty"] == [
        {"first_on": "2026-11-20", "last_on": "2026-11-21", "reason": "无应访客户"}
    ]


def test_what_this_program_cannot_read_is_left_alone() -> None:
    assert read_json(b"") == {}
    assert read_json(b"[]") == {}
    assert read_json(b'{"format":99}') == {}
    assert read_json(as_json(tree())) == tree()
    assert differences({}, tree()) == ()


def test_nothing_changed() -> None:
    assert differences(tree(), tree()) == ()


@pytest.mark.parametrize(
    ("changes", "where", "was", "now"),
    [
        ({"overall": 3}, "王建国 满意度（HF-1）", "5", "3"),
        ({"overall": 4.5}, "王建国 满意度（HF-1）", "5", "4.5"),
        ({"opinion": "太慢"}, "王建国 客户意见（HF-1）", "（空）", "太慢"),
        ({"solved": False}, "王建国 已解决（HF-1）", "（空）", "否"),
        ({"complained": True}, "王建国 抱怨（HF-1）", "（空）", "是"),
    ],
)
def test_a_changed_cell_names_customer_and_column(
    changes: dict[str, Any], where: str, was: str, now: str
) -> None:
    (found,) = differences(tree(), tree(**changes))
    assert (found.where, found.was, found.now) == (where, was, now)
    assert not found.is_figure


def test_what_is_done_about_it_is_no_change() -> None:
    later = tree(handling="已答复", department="维修", answer_due_at="2026-11-24 18:00")
    later["issues"][0] |= {"answer": "好了", "status": "已答复"}
    later["issues"][1] |= {"content": "旧的改了，在它自己的日报里说"}
    assert differences(tree(), later) == ()


def test_lines_that_came_or_went_are_told_whole() -> None:
    other = tree(id="HF-2", customer="李秀英", result="空号", overall=None)
    gone, come = differences(tree(), other)
    assert (gone.where, gone.was, gone.now) == ("王建国 HF-1", "成功 5", "（没有这一行）")
    assert (come.where, come.was, come.now) == ("李秀英 HF-2", "（没有这一行）", "空号")
    bare = tree(result="", overall=None)
    emptied = {**bare, "sections": [{**bare["sections"][0], "rows": []}]}
    assert [one.was for one in differences(bare, emptied)] == ["有这一行"]


def test_figures_come_first_and_ask_for_an_amendment() -> None:
    later = tree(result="空号")
    later["sections"][0]["counts"] = {"due_count": 1, "success_count": 0}
    figure, cell = differences(tree(), later)
    assert (figure.where, figure.was, figure.now) == ("七天回访 成功", "1", "0")
    assert figure.is_figure
    assert cell.correction("RB-1", "林晓改") == Correction(
        "RB-1", "王建国 结果（HF-1）", "成功", "空号", "林晓改"
    )


def test_an_opinion_put_off_afterwards_is_told() -> None:
    later = tree()
    later["issues"][0] = {**later["issues"][0], "answer_due_at": "2026-12-24 18:00"}
    (found,) = differences(tree(), later)
    assert (found.record, found.where) == ("YJ-1", "王建国 答复期限（YJ-1）")
