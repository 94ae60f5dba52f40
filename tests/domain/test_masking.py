from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.masking import (
    mask_address,
    mask_name,
    mask_number,
    mask_phone,
    mask_plate,
    mask_text,
)

MOBILE = re.compile(r"1[3-9]\d{9}")


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("138-1234-5678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("0515-86712312", "0515-****12"),
        ("051586712312", "0515-****12"),
        ("021-5671234转801", "021-****34"),
        ("86712345", "****45"),
        ("4008001234", "****34"),
        ("", ""),
        ("没有", ""),
    ],
)
def test_phones(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "salutation", "kind", "masked"),
    [
        ("王建国", "先生", "个人", "王先生"),
        ("王建国", "", "", "王**"),
        ("王建国", "其他", "", "王**"),
        ("王先生", "", "", "王先生"),
        ("欧阳娜", "女士", "", "欧阳女士"),
        ("欧阳", "", "", "欧**"),
        ("盐城大酒店", "", "单位", "盐城大酒店"),
        ("先生", "", "", "先**"),
        ("", "先生", "", ""),
    ],
)
def test_names(name: str, salutation: str, kind: str, masked: str) -> None:
    assert mask_name(name, salutation, kind) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("亭湖区学府花园3幢501", "亭湖区学府花园***"),
        ("亭湖区学府花园三幢五楼", "亭湖区学府花园***"),
        ("亭湖区学府花园东门小卖部", "亭湖区学府花园***"),
        ("3幢501", "***"),
        ("老地方", "***"),
        ("", ""),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


def test_plates_and_numbers() -> None:
    assert mask_plate("苏J·12323") == "苏J**23"
    assert mask_plate("苏JD12323") == "苏J**23"
    assert mask_plate("苏J1") == "**"
    assert mask_number("LGWEF4A50AB123456") == "***123456"
    assert mask_number("1234") == "***"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打13812345678找我", "请打138****5678找我"),
        ("电话 138 1234 5678，谢谢", "电话 138****5678，谢谢"),
        ("电话１３８１２３４５６７８。", "电话138****5678。"),
        ("8613812345678", "138****5678"),
        ("家里0515-86712345没人", "家里0515-****45没人"),
        ("车牌苏J12345，车架号LGWEF4A50AB123456", "车牌苏J**45，车架号***123456"),
        ("身份证320901198001011234", "身份证***34"),
        ("沙发塌了，11-14送的，花了12800元", "沙发塌了，11-14送的，花了12800元"),
        ("单号20261114000000001", "单号20261114000000001"),
        ("", ""),
    ],
)
def test_free_text(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@given(st.text("0123456789 -，。的王苏JA", max_size=40))
def test_no_mobile_number_that_stands_alone_is_left(text: str) -> None:
    for found in MOBILE.finditer(mask_text(text)):
        before, after = found.start() - 1, found.end()
        masked = mask_text(text)
        alone = not (before >= 0 and masked[before].isdigit()) and not (
            after < len(masked) and masked[after].isdigit()
        )
        assert not alone


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.text(st.characters(categories=["Lo"])))
def test_a_number_among_chinese_words_is_always_found(phone: str, words: str) -> None:
    masked = mask_text(f"{words}{phone}{words}")
    assert phone not in masked
    assert mask_phone(phone) in masked


@given(st.text(max_size=40))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)
