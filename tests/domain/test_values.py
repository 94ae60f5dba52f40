from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.values import (
    Raw,
    Type,
    Unreadable,
    Value,
    canonical,
    comparable,
    from_serial,
    label_key,
    same,
    serial,
    shown,
    text_of,
)
from tests.domain.strategies import BY_TYPE, MOMENTS

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 17, 42)
INFINITE = float("inf")


# --- what a cell means ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Type)
@pytest.mark.parametrize("raw", [None, "", "  ", "\n"])
def test_nothing_typed_is_nothing(kind: Type, raw: Raw) -> None:
    assert canonical(raw, kind) is None


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (3, 3),
        (3.0, 3),
        (3.5, 3.5),
        ("3", 3),
        ("１２", 12),
        (" 1,234.50 ", 1234.5),
        ("¥99元", 99),
        ("￥99", 99),
        (".5", 0.5),
        ("-2e3", -2000),
        (1e300, 1e300),
    ],
)
def test_numbers(raw: Raw, number: float) -> None:
    found = canonical(raw, Type.NUMBER)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    "raw",
    [
        "约三个",
        "1 2",
        "12%",
        True,
        float("nan"),
        INFINITE,
        "1e999",
        time(10),
        pytest.param(10**400, id="huge"),
    ],
)
@pytest.mark.parametrize("kind", [Type.NUMBER, Type.MONEY])
def test_no_numbers(raw: Raw, kind: Type) -> None:
    with pytest.raises(Unreadable):
        canonical(raw, kind)


def test_money_has_two_decimals() -> None:
    assert canonical("12.345元", Type.MONEY) == 12.35
    assert canonical(12, Type.MONEY) == 12.0


@pytest.mark.parametrize(
    "raw",
    [
        DAY,
        AT,
        46348,
        46348.7,
        20261122,
        20261122.0,
        "2026-11-22",
        "2026/11/22",
        "2026.11.22",
        "2026。11。22",
        "2026年11月22日",
        "2026年11月22号",
        "26-11-22",
        "２０２６－１１－２２",
        "20261122",
        "20261122.0",
        " 2026 11 22 ",
        "2026-11-22 17:42",
        "2026-11-22送的",
    ],
)
def test_days(raw: Raw) -> None:
    assert canonical(raw, Type.DATE) == DAY


@pytest.mark.parametrize(
    "raw",
    [
        "昨天",
        "11-22",
        "2026-13-22",
        "2026-02-30",
        "20261322",
        "2026-11-225",
        "12-11-2026",
        0,
        -5,
        3_000_000,
        20261322,
        pytest.param(10**400, id="huge"),
        INFINITE,
        float("nan"),
        True,
        time(10),
        timedelta(hours=3),
    ],
)
@pytest.mark.parametrize("kind", [Type.DATE, Type.MOMENT])
def test_no_days(raw: Raw, kind: Type) -> None:
    with pytest.raises(Unreadable):
        canonical(raw, kind)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (AT, AT),
        (datetime(2026, 11, 22, 17, 41, 59, 999_999), AT),
        (datetime(2026, 11, 22, 17, 42, 29), AT),
        (DAY, datetime(2026, 11, 22)),
        (46348 + (17 * 60 + 42) / 1440, AT),
        (20261122, datetime(2026, 11, 22)),
        ("2026-11-22 17:42", AT),
        ("2026-11-22T17:42:10.5", AT),
        ("2026年11月22日 下午5点42分", AT),
        ("2026-11-22 5:42 PM", AT),
        ("2026-11-22，17：42", AT),
        ("20261122 17:42", AT),
        ("2026-11-22 17点", datetime(2026, 11, 22, 17)),
        ("2026-11-22 晚上12:00", datetime(2026, 11, 22, 12)),
        ("2026-11-22 12:05 AM", datetime(2026, 11, 22, 0, 5)),
        ("2026-11-22 中午1点", datetime(2026, 11, 22, 13)),
        ("2026-11-22 中午12点半", datetime(2026, 11, 22, 12)),
        ("2026-11-22", datetime(2026, 11, 22)),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999), datetime(9999, 12, 31, 23, 59)),
    ],
)
def test_moments(raw: Raw, moment: datetime) -> None:
    assert canonical(raw, Type.MOMENT) == moment


@pytest.mark.parametrize("raw", ["2026-11-22 上午", "2026-11-22 25:00", "2026-11-22 10:75"])
def test_no_moments(raw: str) -> None:
    with pytest.raises(Unreadable):
        canonical(raw, Type.MOMENT)


@pytest.mark.parametrize(("raw", "meant"), [("是", True), ("√", True), (1, True), (True, True)])
def test_yes(raw: Raw, meant: object) -> None:
    assert canonical(raw, Type.YES_NO) is meant


@pytest.mark.parametrize("raw", ["否", "×", 0, False, "没有", "N"])
def test_no(raw: Raw) -> None:
    assert canonical(raw, Type.YES_NO) is False


def test_neither_yes_nor_no() -> None:
    with pytest.raises(Unreadable, match="应填 是 或 否"):
        canonical("也许", Type.YES_NO)


@pytest.mark.parametrize(
    ("raw", "phone"),
    [
        ("13812345678", "13812345678"),
        (13812345678, "13812345678"),
        (13812345678.0, "13812345678"),
        ("13812345678.0", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0515-86712345", "0515-86712345"),
        ("（0515） 86712345", "(0515)86712345"),
        ("86712345转801", "86712345转801"),
        ("400-800-1234", "400-800-1234"),
        ("95588", "95588"),
    ],
)
def test_phones(raw: Raw, phone: str) -> None:
    assert canonical(raw, Type.PHONE) == phone


@pytest.mark.parametrize("raw", ["1381234567", "138123456789", "王建国", "13812345678/13900000000"])
def test_no_phones(raw: str) -> None:
    with pytest.raises(Unreadable):
        canonical(raw, Type.PHONE)


def test_several_choices_are_joined_once_each() -> None:
    assert canonical("维修；退货、维修\n补件", Type.CHOICES) == "维修;退货;补件"
    assert canonical("；;", Type.CHOICES) is None


def test_names_and_references_lose_blanks_and_width_choices_only_blanks() -> None:
    assert canonical(" ＫＨ-1 ", Type.RECORD) == "KH-1"
    assert canonical(" 王芳　", Type.STAFF) == "王芳"
    assert canonical(" Ａ类 ", Type.CHOICE) == "Ａ类"


def test_text_stays_as_typed() -> None:
    assert canonical(" 沙发\r\n塌了 ", Type.LONG_TEXT) == " 沙发\r\n塌了 "
    assert canonical(12.0, Type.TEXT) == "12"


# --- what people see ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (3.0, "3"),
        (3.25, "3.25"),
        (1e20, "1e+20"),
        (datetime(2026, 11, 22), "2026-11-22"),
        (AT, "2026-11-22 17:42"),
        (DAY, "2026-11-22"),
        (time(10, 30), "10:30:00"),
        ("文字", "文字"),
    ],
)
def test_texts_of_cells(raw: Raw, text: str) -> None:
    assert text_of(raw) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Type.TEXT, ""),
        (True, Type.YES_NO, "是"),
        (False, Type.YES_NO, "否"),
        (12, Type.MONEY, "12.00"),
        (12.5, Type.MONEY, "12.50"),
        (12.5, Type.NUMBER, "12.5"),
        (12, Type.NUMBER, "12"),
        (DAY, Type.DATE, "2026-11-22"),
        (datetime(2026, 11, 22), Type.MOMENT, "2026-11-22 00:00"),
        ("王芳", Type.STAFF, "王芳"),
    ],
)
def test_values_as_their_cells_show_them(value: Value, kind: Type, text: str) -> None:
    assert shown(value, kind) == text


# --- comparing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("13812345678", "13812345678.0", Type.PHONE),
        ("0515-86712345", "051586712345", Type.PHONE),
        (" 王建国", "王建国 ", Type.TEXT),
        ("ＡＢ", "AB", Type.TEXT),
        ("一\r\n二", "一\n二", Type.LONG_TEXT),
        ("", None, Type.TEXT),
        (3, 3.0, Type.NUMBER),
        (12.5, "12.50元", Type.MONEY),
        (DAY, "2026.11.22", Type.DATE),
        ("维修;退货", "维修；退货", Type.CHOICES),
        ("面议", " 面议", Type.MONEY),
    ],
)
def test_retyping_is_no_change(one: Value, other: Value, kind: Type) -> None:
    assert same(one, other, kind)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("王建国", "王建", Type.TEXT),
        ("13812345678", "13812345679", Type.PHONE),
        (1, True, Type.NUMBER),
        (None, False, Type.YES_NO),
        (None, 0, Type.NUMBER),
        (DAY, datetime(2026, 11, 23), Type.DATE),
    ],
)
def test_changes_are_changes(one: Value, other: Value, kind: Type) -> None:
    assert not same(one, other, kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("联系电话 *", "联系电话"),
        ("姓名（必填）", "姓名"),
        ("小区/楼盘", "小区楼盘"),
        ("VIN 码:", "vin码"),
        ("送货\n日期", "送货日期"),
        ("[选填]地址", "地址"),
    ],
)
def test_headers_are_compared_by_what_they_say(one: str, other: str) -> None:
    assert label_key(one) == label_key(other)


# --- Excel's day numbers --------------------------------------------------------------------------


def test_day_numbers_are_those_of_excel() -> None:
    assert serial(date(1900, 3, 1)) == 61
    assert serial(DAY) == 46348
    assert serial(datetime(2026, 11, 22, 12)) == 46348.5
    assert serial(DAY, date1904=True) == 46348 - 1462


# --- laws -----------------------------------------------------------------------------------------

raws: st.SearchStrategy[Raw] = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.text("0123456789-/.:年月日 上下午点分¥,元+eE", max_size=20),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)
typed = st.sampled_from(Type).flatmap(lambda kind: st.tuples(st.just(kind), BY_TYPE[kind]))


@given(typed)
def test_a_value_is_read_back_from_how_it_is_shown(value: tuple[Type, Value]) -> None:
    kind, meant = value
    assert canonical(shown(meant, kind), kind) == meant


@given(raws, st.sampled_from(Type))
def test_whatever_is_typed_has_a_meaning_or_is_unreadable_and_the_meaning_is_stable(
    raw: Raw, kind: Type
) -> None:
    try:
        meant = canonical(raw, kind)
    except Unreadable:
        return
    assert canonical(meant, kind) == meant


@given(st.sampled_from(Type).flatmap(lambda kind: st.tuples(st.just(kind), *[BY_TYPE[kind]] * 3)))
def test_being_the_same_is_an_equivalence(case: tuple[Type, Value, Value, Value]) -> None:
    kind, one, other, third = case
    assert same(one, one, kind)
    assert same(one, other, kind) is same(other, one, kind)
    if same(one, other, kind) and same(other, third, kind):
        assert same(one, third, kind)
    assert same(one, other, kind) is (comparable(one, kind) == comparable(other, kind))


@given(MOMENTS)
def test_a_moment_survives_its_day_number(moment: datetime) -> None:
    assert from_serial(serial(moment)) == moment
    assert canonical(serial(moment), Type.MOMENT) == moment


@given(st.floats(1, 2958466, exclude_max=True))
def test_every_day_number_is_a_moment(number: float) -> None:
    assert isinstance(canonical(number, Type.MOMENT), datetime)
