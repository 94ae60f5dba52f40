"""Pinyin of names, and the table against pypinyin, which made it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pypinyin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.mirror import pinyin
from storedesk.mirror.pinyin import is_han, sort_key, spellings
from tests.helpers import make_pinyin

NAMES = st.text(st.sampled_from("王建国单曾长乐解重行朝盛𠮷䶮ABab12 ·"), min_size=1, max_size=8)


def test_the_table_is_what_pypinyin_says() -> None:
    table = Path(pinyin.__file__).with_name("pinyin.txt").read_text("utf-8")

    assert table == make_pinyin.table()


# Dictionaries give 黑 as hè in the surname; pypinyin does not.
@pytest.mark.parametrize(
    ("surname", "reading"), [(s, r) for s, r in make_pinyin.SURNAMES.items() if s != "黑"]
)
def test_readings_of_surnames_are_known_to_pypinyin(surname: str, reading: str) -> None:
    (known,) = pypinyin.pinyin(surname, style=pypinyin.Style.NORMAL, heteronym=True)

    assert reading in known


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("王建国", "wangjianguo", "wjg"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("曾小乐", "zengxiaole", "zxl"),
        ("仇英", "qiuying", "qy"),
        ("解珍", "xiezhen", "xz"),
        ("区小姐", "ouxiaojie", "oxj"),
        ("乐乐", "yuele", "yl"),
        ("吕绿", "lvlv", "ll"),
        ("䶮㛃", "yanjie", "yj"),
        ("𠮷田", "jitian", "jt"),
        ("张A3", "zhangA3", "zA3"),
        ("Bob", "Bob", "Bob"),
    ],
)
def test_the_likeliest_spelling_comes_first(name: str, full: str, initials: str) -> None:
    assert spellings(name)[0] == (full, initials)


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("单雄信", "danxiongxin"),
        ("曾国藩", "cengguofan"),
        ("王重阳", "wangchongyang"),
        ("王长乐", "wangchangle"),
        ("王朝阳", "wangzhaoyang"),
        ("李晟", "lisheng"),
        ("李晟", "licheng"),
        ("宁静", "ningjing"),
    ],
)
def test_other_readings_are_spelt_too(name: str, also: str) -> None:
    assert also in {full for full, _ in spellings(name)}


def test_readings_hardly_heard_are_left_out() -> None:
    """王 is also read yù, in classical texts only."""
    assert spellings("王") == [("wang", "w")]


@given(NAMES)
def test_spellings_are_few_different_and_as_long_as_the_name(name: str) -> None:
    found = spellings(name)

    assert 1 <= len(found) <= 8
    assert len({full for full, _ in found}) == len(found)
    assert all(len(initials) == len(name) for _, initials in found)


@given(st.lists(NAMES, unique=True))
def test_sort_keys_are_unique_unless_names_differ_in_case_only(names: list[str]) -> None:
    keys = {sort_key(name) for name in names}

    assert len(keys) >= len({name.casefold() for name in names})


def test_names_sort_by_how_they_are_read() -> None:
    names = ["张三", "王建国", "曾伟", "Anna", "阿姨", "单田芳"]

    assert sorted(names, key=sort_key) == ["Anna", "阿姨", "单田芳", "王建国", "曾伟", "张三"]


@pytest.mark.parametrize(
    ("character", "is_one"), [("王", True), ("䶮", True), ("𠮷", True), ("a", False), ("。", False)]
)
def test_chinese_characters_are_told_from_others(character: str, *, is_one: bool) -> None:
    assert is_han(character) is is_one


def test_the_table_is_not_read_before_it_is_needed() -> None:
    script = (
        "from storedesk.mirror import Mirror, pinyin\n"
        "pinyin.sort_key('Bob 3456')\n"
        "assert pinyin.readings.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
