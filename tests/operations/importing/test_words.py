"""What stores write for a choice."""

from __future__ import annotations

import pytest

from storedesk.domain.forms import Forms
from storedesk.operations.importing import words
from tests.operations.importing.conftest import settings_of

CATEGORIES = ("产品质量", "服务态度", "配送安装", "维修质量", "时效")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("产品质量", "产品质量"),
        ("质量", "产品质量"),
        ("态度", "服务态度"),
        ("安装", "配送安装"),
        ("送货慢", "时效"),
        ("服务态度差", "服务态度"),
        ("价格", None),
        ("质", None),
    ],
)
def test_a_category_in_the_words_of_the_store(text: str, value: str | None) -> None:
    assert words.choice(text, "客诉类别", CATEGORIES) == value


def test_a_denial_is_not_what_it_denies() -> None:
    assert words.choice("不满意验收", "验收结论", ("满意验收", "拒签")) is None


def test_a_list_without_values_takes_every_text() -> None:
    assert words.choice(" 随便 ", "没有这个列表", ()) == "随便"


def test_every_word_leads_to_a_value_on_offer(forms: Forms) -> None:
    """A word for a value that no store has would never be used."""
    offered = [settings_of(key).choices for key in ("furniture", "appliance", "auto")]
    for name, values in words.CHOICES.items():
        assert any(name in one for one in offered), name
        for value in values:
            assert any(value in one.get(name, ()) for one in offered), value


def test_every_heading_leads_to_a_column(forms: Forms) -> None:
    for ledger, columns in words.HEADINGS.items():
        assert set(columns) <= set(forms[ledger].by_key), ledger
