"""What people mean by the text of one cell."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.values import Raw, Unreadable
from storedesk.operations.importing import cells


@pytest.mark.parametrize(
    ("raw", "phones", "rest"),
    [
        ("19900002344\n", ("19900002344",), ""),
        ("19900002011\t", ("19900002011",), ""),
        (19900000720.0, ("19900000720",), ""),
        ("电话：19900008874", ("19900008874",), ""),
        ("199-0000-1977", ("19900001977",), ""),
        ("199 0000 5957", ("19900005957",), ""),
        ("+86 138 1234 5678", ("13812345678",), ""),
        ("解英艳19900005543", ("19900005543",), "解英艳"),
        ("何涛勇\n19900003091", ("19900003091",), "何涛勇"),
        ("何敏平（19900009984）", ("19900009984",), "何敏平"),
        ("１９９００００２３４４", ("19900002344",), ""),
        ("13812345678/0515-88001234 老婆", ("13812345678", "0515-88001234"), "老婆"),
        ("0515-88001234、13812345678", ("0515-88001234", "13812345678"), ""),
        ("13812345678，13812345678", ("13812345678",), ""),
        ("1380013800a", (), "1380013800a"),
        ("400-123-456", (), "400-123-456"),
        ("138001380001", (), "138001380001"),
        ('=HYPERLINK("http://x","y")', (), '=HYPERLINK("http://x","y")'),
        ("阳光小区12-3-402", (), "阳光小区12-3-402"),
    ],
)
def test_phones_and_what_stands_beside_them(raw: Raw, phones: tuple[str, ...], rest: str) -> None:
    assert cells.contact(raw) == cells.Contact(phones, rest)


def test_names_are_not_stretched() -> None:
    assert cells.person_name("张　伟 ") == "张伟"
    assert cells.person_name("Tom Wang") == "Tom Wang"


@pytest.mark.parametrize(
    ("raw", "value", "note"),
    [
        ("0.76万", 7600.0, ""),
        ("7,700", 7700.0, ""),
        ("￥9,500.00", 9500.0, ""),
        ("15600元", 15600.0, ""),
        ("1.5w", 15000.0, ""),
        (22200.0, 22200.0, ""),
        ("9500（含安装）", 9500.0, "含安装"),
        ("-20元整", -20.0, ""),
    ],
)
def test_amounts(raw: Raw, value: float, note: str) -> None:
    assert cells.amount(raw) == cells.Meaning(value, note)


@pytest.mark.parametrize(
    ("raw", "value", "unit"),
    [("3件", 3, "件"), ("两套", 2, "套"), ("30个", 30, "个"), ("1.5米", 1.5, "米"), (2.0, 2, "")],
)
def test_counts_have_units(raw: Raw, value: float, unit: str) -> None:
    assert cells.count(raw) == cells.Meaning(value, "", unit)


@pytest.mark.parametrize("raw", ["面议", "1-2", "万", ""])
def test_what_is_no_number(raw: str) -> None:
    with pytest.raises(Unreadable):
        cells.amount(raw)
    with pytest.raises(Unreadable):
        cells.count(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-08-05", "2026/8/5", "2026.8.5", "26.8.5", "2026年8月5日", "20260805", " 2026-08-05 ",
        "2026/8/5 0:00", "8.5", "8月5日", "8/5", 20260805.0, 46239.0, "46239", date(2026, 8, 5),
        datetime(2026, 8, 5), 8.5, "２０２６．８．５",
    ],
)  # fmt: skip
def test_one_day_in_many_spellings(raw: Raw) -> None:
    assert cells.day(raw, 2026) == cells.Meaning(date(2026, 8, 5))


def test_what_stands_behind_a_date_is_kept() -> None:
    assert cells.day("2026.8.5 已送", None) == cells.Meaning(date(2026, 8, 5), "已送")
    assert cells.day("2026-8-5 14:30 送", None) == cells.Meaning(date(2026, 8, 5), "送")
    assert cells.when("2026-8-5 下午2:30", None).value == datetime(2026, 8, 5, 14, 30)
    assert cells.when("8月5日 9点", 2026).value == datetime(2026, 8, 5, 9, 0)


def test_a_date_without_a_year_does_not_lie_before_what_it_follows() -> None:
    begun = date(2026, 12, 28)
    assert cells.day("1.3", 2026, begun).value == date(2027, 1, 3)
    assert cells.day("12.30", 2026, begun).value == begun.replace(day=30)
    assert cells.day("12.30", 2025, begun).value == begun.replace(day=30)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("2026.2.30", "日历"),
        ("2.30", "日历"),
        ("8.5-8.7", "不是一个日期"),
        ("12.5.2026", "不是一个日期"),
        ("2026年8月", "不是日期"),
        ("待定", "不是日期"),
        (7700.0, "不是日期"),
        ("1921-01-29", "不是日期"),
        (1.1, "1月1日或1月10日"),
    ],
)
def test_what_is_no_date(raw: Raw, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        cells.when(raw, 2026)


def test_without_any_year_around_a_short_date_means_nothing() -> None:
    with pytest.raises(Unreadable, match="没有写年份"):
        cells.day("8.5", None)


@pytest.mark.parametrize("raw", ["5月18日", "05-18", "1980.5.18", date(1980, 5, 18)])
def test_birthdays_have_no_year(raw: Raw) -> None:
    assert cells.month_and_day(raw) == "05-18"


def test_a_birthday_in_a_leap_year_is_one() -> None:
    assert cells.month_and_day("2月29日") == "02-29"
    for raw in ("初五", "13月1日"):
        with pytest.raises(Unreadable):
            cells.month_and_day(raw)


@given(st.text("王李 ，（）:：/家", max_size=12), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_phone_is_found_wherever_it_stands(text: str, phone: str) -> None:
    for cell in (f"{phone}{text}", f"{text}{phone}", f"{phone} {phone}{text}"):
        found = cells.contact(cell)
        assert found.phones == (phone,)
        assert phone not in found.rest


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from(["-", "/", "."]))
def test_every_day_reads_back(day: date, sign: str) -> None:
    assert cells.day(f"{day.year}{sign}{day.month}{sign}{day.day}", None).value == day
    assert cells.day(f"{day.month}{sign}{day.day}", day.year).value == day
