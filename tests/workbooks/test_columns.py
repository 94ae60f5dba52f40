from __future__ import annotations

from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.values import Type
from storedesk.workbooks.columns import IN_SIGHT, arranged, number_format, width


def form(*columns: Column) -> Form:
    return Form("a", "甲", "账.xlsx", "A", (Column("id", "编号"), *columns))


def keys(columns: tuple[Column, ...]) -> list[str]:
    return [column.key for column in columns]


def test_what_is_asked_first_and_required_is_in_sight() -> None:
    many = [Column(f"c{number}", f"列{number}") for number in range(40)]
    quick = Column("quick", "常用", level=Level.QUICK)
    required = Column("required", "必填", required=True)
    remark = Column("remark", "备注", Type.LONG_TEXT)
    shown, folded = arranged(form(remark, *many, quick, required), "furniture")
    assert len(shown) == IN_SIGHT
    assert keys(shown)[0] == "id"
    assert keys(shown)[-3:] == ["quick", "required", "remark"]
    assert keys(shown)[1:3] == ["c0", "c1"]
    assert len(folded) == len(many) + 4 - IN_SIGHT
    assert keys(folded)[0] == "c16"


def test_other_profiles_and_bookkeeping_are_folded_live_columns_left_out() -> None:
    shown, folded = arranged(
        form(
            Column("vin", "车架号", level=Level.QUICK, profiles=("auto",)),
            Column("created_at", "创建时间", Type.MOMENT, level=Level.AUTO),
            Column("overdue", "逾期", Type.YES_NO, level=Level.LIVE),
            Column("due_on", "到期", Type.DATE, level=Level.AUTO),
        ),
        "furniture",
    )
    assert keys(shown) == ["id", "due_on"]
    assert keys(folded) == ["vin", "created_at"]


def test_headers_fit_into_their_columns() -> None:
    assert width(Column("a", "很长很长很长的表头")) == 22
    assert width(Column("a", "日期", Type.DATE)) == 12
    assert width(Column("a", "地址", width=36)) == 36
    assert width(Column("id", "编号")) == 21


def test_formats() -> None:
    assert number_format(Column("a", "a", Type.PHONE)) == "@"
    assert number_format(Column("a", "a", Type.DATE)) == "yyyy-mm-dd"
    assert number_format(Column("a", "a", Type.NUMBER)) == "General"
