from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.instructions import due_on, is_order
from tests.domain.stores import CALENDAR

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("comment", "due"),
    [
        ("已阅，抽屉问题三天内回复客户", date(2026, 11, 23)),
        ("3天之内处理完", date(2026, 11, 23)),
        ("三日内答复", date(2026, 11, 23)),
        ("两个工作日内答复", date(2026, 11, 24)),
        ("２个工作日以内", date(2026, 11, 24)),
        ("一周内整改", date(2026, 11, 27)),
        ("十五天内换货", date(2026, 12, 5)),
        ("二十天内换货", date(2026, 12, 10)),
        ("48小时内回电", date(2026, 11, 22)),
        ("25日前完成", date(2026, 11, 25)),
        ("5日前完成", date(2026, 12, 5)),
        ("11月25日前完成", date(2026, 11, 25)),
        ("12.3前补发", date(2026, 12, 3)),
        ("1月5号之前", date(2027, 1, 5)),
        ("31日前", date(2026, 12, 31)),
        ("明天上门", date(2026, 11, 21)),
        ("今天必须回电", FRIDAY),
        ("请认真处理", date(2026, 11, 25)),
        ("", date(2026, 11, 25)),
        ("30月40日前", date(2026, 11, 25)),
    ],
)
def test_the_day_an_instruction_names(comment: str, due: date) -> None:
    """Three working days where it names none; the weekend of 11-21 does not count."""
    assert due_on(comment, FRIDAY, CALENDAR) == due


@given(st.text(alphabet="三十二两0123456789天日月前内个工作周明，x-.", max_size=12))
def test_no_instruction_is_due_before_it_was_given(comment: str) -> None:
    assert FRIDAY <= due_on(comment, FRIDAY, CALENDAR) <= FRIDAY + timedelta(days=7000)


@pytest.mark.parametrize("comment", ["已阅", "已阅。", "同意！", "ok", "", " 。"])
def test_an_acknowledgement_orders_nothing(comment: str) -> None:
    assert not is_order(comment)


@pytest.mark.parametrize("comment", ["已阅，抽屉问题三天内回复客户", "尽快", "同意换货"])
def test_anything_more_is_an_order(comment: str) -> None:
    assert is_order(comment)
