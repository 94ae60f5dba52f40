from collections.abc import Mapping

import pytest

from storedesk.domain.forms import BadForm, Form, Forms, Level, form_from_table
from storedesk.domain.values import Type

ID = {"key": "id", "label": "编号"}


def table(*columns: Mapping[str, object], **top: object) -> dict[str, object]:
    return {
        "ledger": "gifts",
        "label": "礼品",
        "workbook": "礼品.xlsx",
        "prefix": "LP",
        "section": [{"title": "礼品", "column": [ID, *columns]}],
    } | top


def form(*columns: Mapping[str, object], **top: object) -> Form:
    return form_from_table(table(*columns, **top), "gifts.toml")


def test_a_block_becomes_a_column() -> None:
    gifts = form(
        {
            "key": "quantity",
            "label": "数量",
            "also": ["件数"],
            "type": "number",
            "required": True,
            "unique": True,
            "pattern": r"\d+",
            "min": 1,
            "max": 9,
            "default": "1",
            "hint": "整数",
            "width": 12,
            "paper": 0.5,
            "level": "quick",
            "profiles": ["auto"],
        },
        {"key": "customer", "label": "客户", "type": "record", "links": "customers"},
        {"key": "kind", "label": "类型", "type": "choice", "choices": "礼品类型"},
        needs=["customer|kind"],
        title="kind",
        search=["kind"],
        tip="送出的礼品",
        append_only=True,
        also=["赠品"],
    )
    column = gifts["quantity"]
    assert column.type is Type.NUMBER
    assert column.level is Level.QUICK
    assert column.names() == ("数量", "件数")
    assert (column.required, column.unique, column.pattern) == (True, True, r"\d+")
    assert (column.low, column.high, column.default) == (1, 9, "1")
    assert (column.hint, column.width, column.paper) == ("整数", 12, 0.5)
    assert (column.section, column.profiles) == ("礼品", ("auto",))
    assert gifts["customer"].links == "customers"
    assert gifts["kind"].choices == "礼品类型"
    assert (gifts.needs, gifts.title, gifts.search) == (("customer|kind",), "kind", ("kind",))
    assert (gifts.tip, gifts.append_only, gifts.also) == ("送出的礼品", True, ("赠品",))


def test_what_a_block_leaves_out_is_plain() -> None:
    column = form({"key": "note", "label": "说明"})["note"]
    assert (column.type, column.level) == (Type.TEXT, Level.FULL)
    assert (column.required, column.low, column.high, column.width, column.paper) == (
        False,
        None,
        None,
        0,
        0,
    )


def test_live_columns_are_not_in_the_workbook() -> None:
    gifts = form(
        {"key": "left", "label": "剩余", "level": "live"}, {"key": "note", "label": "说明"}
    )
    assert [column.key for column in gifts.in_workbook()] == ["id", "note"]
    assert gifts.id_column.key == "id"


def test_an_exact_label_beats_another_name_for_it() -> None:
    gifts = form(
        {"key": "given", "label": "送出日", "also": ["日期"]},
        {"key": "day", "label": "日期"},
        {"key": "late", "label": "补送日", "also": ["送出日", "补送"]},
    )
    assert gifts.by_label["日期"].key == "day"
    assert gifts.by_label["送出日"].key == "given"
    assert gifts.by_label["补送"].key == "late"


@pytest.mark.parametrize(
    ("columns", "top", "what"),
    [
        ([{"key": "a", "label": "甲", "colour": "red"}], {}, r"\[礼品\]: unknown key: colour"),
        ([{"key": "a"}], {}, "'label' is missing"),
        ([{"label": "甲"}], {}, "'key' is missing"),
        ([{"key": "Größe", "label": "甲"}], {}, "not a plain lower-case name"),
        ([{"key": "a", "label": "甲", "type": "colour"}], {}, "'colour' is not a valid Type"),
        ([{"key": "a", "label": "甲", "level": "deep"}], {}, "'deep' is not a valid Level"),
        ([{"key": "a", "label": "甲", "pattern": "("}], {}, "a: missing \\)"),
        ([{"key": "id", "label": "甲"}], {}, "used twice: id"),
        ([{"key": "a", "label": "编 号"}], {}, "used twice: 编号"),
        ([], {"needs": ["name|phone"]}, "no such column: name, phone"),
        ([], {"title": "name"}, "no such column: name"),
        ([], {"search": ["name"]}, "no such column: name"),
        ([], {"colour": "red"}, r"gifts\.toml: unknown key: colour"),
        ([], {"label": ""}, "'label' is missing"),
        ([], {"section": "all"}, "a list of tables"),
        ([], {"section": []}, "the first column must have the key 'id'"),
        (
            [],
            {"section": [{"column": [{"key": "a", "label": "甲"}]}]},
            "the first column must have the key 'id'",
        ),
        ([], {"section": [{"titel": "甲"}]}, "unknown key: titel"),
    ],
)
def test_a_form_that_says_what_it_cannot_say_is_refused(
    columns: list[Mapping[str, object]], top: dict[str, object], what: str
) -> None:
    with pytest.raises(BadForm, match=what):
        form(*columns, **top)


def test_forms_are_found_by_key_name_other_name_and_id() -> None:
    gifts = form(also=["赠品"])
    cards = form(ledger="cards", label="贺卡", prefix="HK", workbook="客户档案.xlsx")
    forms = Forms({"gifts": gifts, "cards": cards})
    assert list(forms) == [gifts, cards]
    assert forms["cards"] is cards
    assert "gifts" in forms
    assert forms.named("gifts") is forms.named("礼品") is forms.named("赠 品") is gifts
    assert forms.named("别的") is None
    assert forms.by_prefix("LP-20261114-A003") is gifts
    assert forms.by_prefix("XX-20261114-A003") is None
    assert forms.by_prefix("") is None
    assert forms.of_workbook("礼品.xlsx") == (gifts,)


def test_workbooks_come_in_flush_order_and_others_after_them() -> None:
    names = ["礼品.xlsx", "回访台账.xlsx", "门店设置.xlsx", "客户档案.xlsx"]
    forms = Forms({name: form(ledger=name, workbook=name) for name in names})
    assert forms.workbooks() == ("门店设置.xlsx", "客户档案.xlsx", "回访台账.xlsx", "礼品.xlsx")


def test_a_form_can_be_a_key() -> None:
    gifts = form()
    assert {gifts: 1}[form()] == 1
