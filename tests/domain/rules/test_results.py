from __future__ import annotations

import pytest

from storedesk.domain.rules import results
from storedesk.domain.rules.results import Counts, result_of, shown_with_channel


def test_the_code_table() -> None:
    """domain.md §5.5: code, result, 接通, 终结, 计入成功."""
    table = [
        (result.code, result.name, result.contacted, result.final, result.counts)
        for result in results.RESULTS
    ]
    yes, no = True, False
    assert table == [
        ("00", "成功", yes, yes, Counts.SUCCESS),
        ("01", "部分成功", yes, yes, Counts.IF_ANSWERED),
        ("10", "改约", yes, no, Counts.OPEN),
        ("11", "本人不在", yes, no, Counts.OPEN),
        ("12", "拒访", yes, yes, Counts.FAILURE),
        ("13", "接通后挂断", yes, no, Counts.FAILURE),
        ("20", "无人接听", no, no, Counts.FAILURE),
        ("21", "占线", no, no, Counts.FAILURE),
        ("22", "关机", no, no, Counts.FAILURE),
        ("23", "呼叫转移", no, no, Counts.FAILURE),
        ("24", "无法接通", no, no, Counts.FAILURE),
        ("30", "停机", no, yes, Counts.FAILURE),
        ("31", "空号", no, yes, Counts.FAILURE),
        ("32", "错号", yes, yes, Counts.FAILURE),
        ("33", "语言或听力障碍", yes, yes, Counts.FAILURE),
        ("40", "客户要求免访", yes, yes, Counts.EXCLUDED),
        ("90", "作废", no, yes, Counts.EXCLUDED),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("成功", "成功"),
        ("00", "成功"),
        ("成功（微信）", "成功"),
        ("没人接", "无人接听"),
        ("占线（正忙）", "占线"),
        ("呼叫转移/来电助手", "呼叫转移"),
        (" 空号 ", "空号"),
        ("31", "空号"),
    ],
)
def test_results_are_known_by_code_and_by_what_people_write(text: str, name: str) -> None:
    found = result_of(text)
    assert found is not None
    assert found.name == name


def test_other_texts_are_no_result() -> None:
    assert result_of("下次再说") is None
    assert result_of("") is None


def test_every_name_means_one_result() -> None:
    for result in results.RESULTS:
        for name in (result.code, result.name, *result.also):
            assert result_of(name) is result


def test_an_answer_by_wechat_is_shown_as_such() -> None:
    assert shown_with_channel(results.SUCCESS, "微信") == "成功(微信)"
    assert shown_with_channel(results.SUCCESS, "电话") == "成功"
    assert shown_with_channel(results.NO_ANSWER, "微信") == "无人接听"
