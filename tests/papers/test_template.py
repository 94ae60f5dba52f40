from __future__ import annotations

import tomllib
from typing import Any

import pytest

from storedesk.domain.paper_errors import TemplateUnusable
from storedesk.papers.sections import SECTIONS
from storedesk.papers.template import COLUMN_KEYS, SECTION_KEYS, DailyTemplate
from tests.helpers import dailies


def table() -> dict[str, Any]:
    path = dailies.ROOT / "templates" / "reports" / "daily.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_shipped_template_has_the_ten_columns_and_gives_the_customer_most_room() -> None:
    template = dailies.template()
    assert tuple(column.key for column in template.columns) == COLUMN_KEYS
    assert [column.key for column in template.columns if not column.width] == ["opinion"]
    fixed = [column.width for column in template.columns]
    assert 257 - sum(fixed) > max(fixed), "客户意见 is the widest (A4 across, 40 mm margins)"
    assert template.sections[-1] == "signing"


def test_every_section_can_be_drawn() -> None:
    assert {*SECTIONS, "signing"} == set(SECTION_KEYS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "不认识的项目「colour」"),
        ({"title": ""}, "缺少「title」"),
        ({"title": 7}, "缺少「title」"),
        ({"sections": ["followups", "weather", "signing"]}, "只能由"),
        ({"sections": ["signing", "followups"]}, "signing 在最后"),
        ({"sections": ["followups", "followups", "signing"]}, "只写一次"),
        ({"column": []}, "没有明细表的列"),
        ({"column": [{"key": "opinion", "title": "意见"}]}, "三项"),
        ({"column": [{"key": "shoe", "title": "鞋", "width": 0}]}, "「shoe」不认识"),
        ({"column": [{"key": "opinion", "title": "意见", "width": -1}]}, "填得不对"),
        ({"column": [{"key": "opinion", "title": "意见", "width": 20}]}, "恰好有一列"),
    ],
)
def test_bad_template_is_one_sentence(change: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateUnusable, match=message):
        DailyTemplate.from_table(table() | change, "我的日报.toml")
