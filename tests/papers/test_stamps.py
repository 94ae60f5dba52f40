from __future__ import annotations

from datetime import datetime

import pytest

from storedesk.domain.paper_errors import CommentTooLong
from storedesk.papers import fonts
from storedesk.papers.stamps import LONGEST_COMMENT, Stamp, draw_comment, draw_stamp
from tests.helpers import reading
from tests.helpers.dailies import FONTS

AT = datetime(2026, 11, 22, 18, 31, 7)
BOX = (169, 57)
WIDE_BOX = (722, 63)


@pytest.mark.parametrize(
    "name",
    ["赵倩", "欧阳娜娜", "张𠮷", "Abdurehim Abdukerim Tursunmuhammad", "迪丽热巴·迪力木拉提江"],
)
def test_stamp_shows_who_when_and_with_what_and_fits_its_box(name: str) -> None:
    stamp = Stamp(name, "客服主管", AT, "3f2a9c1e", "试用 · 补签")
    drawn = draw_stamp(stamp, *BOX, fonts.load(FONTS))
    text = reading.text(drawn)
    assert "".join(name.split()) in text
    assert "客服主管（电子签字）2026-11-2218:31:07" in text
    assert "证书3f2a9c1e·试用·补签" in text
    _assert_inside(drawn, *BOX)


def test_one_stamp_for_two_steps_says_so_in_both_boxes() -> None:
    stamp = Stamp("林晓", "回访人兼客服主管", AT, "3f2a9c1e", "试用", boxes=2)
    drawn = draw_stamp(stamp, 2 * BOX[0] + 15, BOX[1], fonts.load(FONTS))
    left, right = (
        [run for run in reading.runs(drawn) if (run.left > BOX[0]) is second]
        for second in (False, True)
    )
    assert "".join(run.text for run in left).startswith("林晓")
    assert max(run.right for run in left) <= BOX[0]
    assert "".join(run.text for run in right).strip() == "同左，一人兼签"


def test_comment_is_as_large_as_fits() -> None:
    short = draw_comment("已阅。", *WIDE_BOX, fonts.load(FONTS))
    long = draw_comment("已阅，请抓紧。" * 43, *WIDE_BOX, fonts.load(FONTS))
    assert {run.size for run in reading.runs(short)} == {11}
    assert {run.size for run in reading.runs(long)} == {9}
    _assert_inside(long, *WIDE_BOX)


@pytest.mark.parametrize("text", ["字" * LONGEST_COMMENT, "第一\n第二\n第三", "回复张𠮷" * 75])
def test_comment_of_the_promised_length_fits(text: str) -> None:
    drawn = draw_comment(text, *WIDE_BOX, fonts.load(FONTS))
    assert reading.text(drawn) == "".join(text.split())
    _assert_inside(drawn, *WIDE_BOX)


@pytest.mark.parametrize("text", ["字" * 600, "行\n" * 9])
def test_comment_that_nobody_could_read_is_refused(text: str) -> None:
    with pytest.raises(CommentTooLong, match="最多约 300 字"):
        draw_comment(text + "。", *WIDE_BOX, fonts.load(FONTS))


def _assert_inside(drawn: bytes, width: int, height: int) -> None:
    for run in reading.runs(drawn):
        assert run.left >= 0
        assert run.bottom >= 0
        assert run.right <= width
        assert run.top <= height
