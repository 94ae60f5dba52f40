from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from PIL import Image

from storedesk.domain.daily import (
    Correction,
    DailyCounts,
    DailyPaper,
    DailyRow,
    DailySection,
    EmptyDays,
)
from storedesk.domain.signatures import RoleLabels
from storedesk.papers import fonts
from storedesk.papers.layout import Drawn, draw_daily
from storedesk.papers.places import COMMENT, FIELDS
from storedesk.papers.style import BINDING, BOTTOM, PAD, PAGE, WIDTH
from tests.helpers import dailies, reading

GOLDEN = Path(__file__).parent / "golden" / "daily.txt"
MM = 72 / 25.4


def drawn(paper: DailyPaper, logo: bytes = b"") -> Drawn:
    return draw_daily(paper, dailies.template(), fonts.load(dailies.FONTS), "ab" * 32, logo)


def text_of(paper: DailyPaper) -> str:
    return reading.text(drawn(paper).pdf)


def only(row: DailyRow) -> DailyPaper:
    """Return a daily with this one follow-up and nothing else."""
    section = DailySection("7DC", "七天回访", "销售7DC", "送货日", DailyCounts(), (row,))
    plain = dailies.daily()
    return replace(
        plain, sections=(section,), issues=(), balance=None, instructions=(), empty_days=()
    )


def test_daily_looks_as_agreed() -> None:
    """The place of every word; run with STOREDESK_GOLDEN=write after a change that is meant."""
    runs = reading.runs(drawn(dailies.daily()).pdf)
    shown = "".join(f"{r.page} {r.left:4.0f} {r.bottom:4.0f} {r.text.strip()}\n" for r in runs)
    if os.environ.get("STOREDESK_GOLDEN") == "write":
        GOLDEN.write_text(shown, encoding="utf-8")
    assert shown == GOLDEN.read_text(encoding="utf-8")


def test_same_paper_gives_the_same_bytes() -> None:
    assert drawn(dailies.daily()).pdf == drawn(dailies.daily()).pdf


def test_pages_are_counted_from_the_first() -> None:
    pages = reading.page_texts(drawn(dailies.daily(60)).pdf)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"第{number}页 共{len(pages)}页" in page


def test_footer_ties_paper_to_data_and_to_the_day_before() -> None:
    for page in reading.page_texts(drawn(dailies.daily()).pdf):
        assert "生成时间 2026-11-22 18:05 · 数据截止 2026-11-22 18:00" in page
        assert "文件指纹 abababababab · 上一日报指纹 9f8e7d6c5b4a" in page
        assert "记录链 0a1b2c3d4e5f · 客户信息已脱敏 · 电子签字真伪以验签小工具为准" in page


def test_first_daily_and_unmasked_daily_say_so() -> None:
    text = text_of(replace(dailies.daily(), previous_fingerprint="", masked=False, history_head=""))
    assert "上一日报指纹无（首份）" in text
    assert "客户信息未脱敏，不得外传" in text
    assert "记录链" not in text


def test_one_kind_of_followup_names_the_report() -> None:
    both = dailies.daily()
    assert drawn(both).title == "客户回访日报"
    assert drawn(replace(both, sections=both.sections[1:])).title == "维修3DC回访日报"


def test_roles_are_called_as_the_trade_calls_them() -> None:
    text = text_of(replace(dailies.daily(), roles=RoleLabels("回访人", "客服经理", "总经理")))
    order = [
        text.index(part) for part in ("总经理批示", "①回访人", "②客服经理", "③总经理", "（盖章）")
    ]
    assert order == sorted(order)


def test_sections_without_content_are_left_out_and_numbers_close_up() -> None:
    plain = replace(
        dailies.daily(), issues=(), balance=None, instructions=(), empty_days=(), differences=()
    )
    text = text_of(plain)
    assert "一、七天回访（销售7DC）" in text
    assert "二、修后三天回访（维修3DC）" in text
    assert "三、" not in text


def test_day_without_followups_says_so() -> None:
    text = text_of(dailies.daily(0, 0))
    assert text.count("当日无应访客户。") == 2
    assert "成功率" in text
    assert "—" in text


def test_empty_days_are_listed() -> None:
    days = (
        EmptyDays(date(2026, 11, 20), date(2026, 11, 21)),
        EmptyDays(date(2026, 11, 18), date(2026, 11, 18), "门店休息"),
    )
    text = text_of(replace(dailies.daily(), empty_days=days))
    assert "11-20～11-21无应访客户；11-18门店休息。" in text


def test_amendment_shows_old_and_new_values_and_why() -> None:
    correction = Correction("RB-20261122", "七天回访·满意率", "92.3%", "90.1%", "漏记一件")
    amended = replace(
        dailies.daily(), version=2, correction_reason="漏记一件回访", corrections=(correction,)
    )
    text = text_of(amended)
    assert "编号RB-20261122更正版V2" in text
    assert "、更正更正原因：漏记一件回访" in text
    assert "七天回访·满意率92.3%90.1%漏记一件" in text
    later = replace(amended, version=1, correction_reason="")
    assert "、签后更正原日报" in text_of(later)


def test_both_deadlines_are_shown_where_they_differ() -> None:
    text = text_of(dailies.daily())
    assert "考核11-24 18:00内部11-23 18:00".replace(" ", "") in text
    assert "前期遗留2＋新增1－完成1＝结余2" in text


def test_year_is_shown_only_where_it_is_another() -> None:
    row = dailies.rows(1)[0]
    moved = replace(row, event_on=date(2025, 12, 28), called_at=datetime(2026, 11, 20, 9, 5))
    text = text_of(only(moved))
    assert "2025" in text
    assert "12-28" in text
    assert "11-2009:05" in text


def test_what_is_not_known_stays_blank() -> None:
    row = replace(dailies.rows(3)[2], event_on=None, called_at=None, answer_due_at=None)
    columns = _columns(drawn(only(row)).pdf)
    assert columns["event_on"] == ""
    assert columns["called_at"] == ""
    assert columns["handling"] == "已报安装部，等回话安装部"


LONG = "沙发扶手有异响，师傅来过两次都没有找到原因，希望尽快给个说法。"


@pytest.mark.parametrize(
    "change",
    [
        lambda row: replace(row, opinion=(LONG * 20)[:500]),
        lambda row: replace(
            row, customer="内蒙古呼和浩特市新城区南湖大酒店管理有限责任公司第三分公司"
        ),
        lambda row: replace(row, customer="Abdurehim Abdukerim Tursunmuhammad-Eziz"),
        lambda row: replace(row, phone="0471-88888888转12345，夫人138****0000"),
        lambda row: replace(row, product="CHATEAU-D-AX/S8021-3+2+1-NAPPA-LEATHER-IVORY" * 2),
        lambda row: replace(
            row, result="接通后挂断，改约第二天下午三点以后再拨", satisfaction="不表态（拒绝评价）"
        ),
        lambda row: replace(row, handling=LONG * 4, department="安装部和配送部一起"),
        lambda row: replace(row, opinion="张𠮷" * 120),
    ],
)
def test_longest_texts_stay_in_their_columns(change: Callable[[DailyRow], DailyRow]) -> None:
    row = change(dailies.rows(3)[2])
    pdf = drawn(only(row)).pdf
    columns = _columns(pdf)
    for key in ("customer", "phone", "product", "result", "satisfaction", "opinion", "handling"):
        assert "".join(getattr(row, key).split()) in columns[key], key


def _columns(pdf: bytes) -> dict[str, str]:
    """Return the text of each column of the detail table; fail if any leaves its column."""
    looks = dailies.template().columns
    fixed = sum(look.width for look in looks) * MM
    widths = [look.width * MM or WIDTH - fixed for look in looks]
    edges = [BINDING + sum(widths[:number]) for number in range(len(widths) + 1)]
    texts = dict.fromkeys((look.key for look in looks), "")
    for run in _table_runs(pdf):
        column = sum(edge <= run.left for edge in edges) - 1
        assert run.right <= edges[column + 1] - PAD + 1, run
        texts[looks[column].key] += "".join(run.text.split())
    return texts


def _table_runs(pdf: bytes) -> list[reading.Run]:
    """Return what stands between the head of the detail table and its end on every page."""
    found: list[reading.Run] = []
    heads: dict[int, float] = {}
    for run in reading.runs(pdf):
        if run.text.strip() == "客户意见":
            heads[run.page] = run.bottom
        if run.page in heads and BOTTOM < run.bottom < heads[run.page] - PAD:
            found.append(run)
    last = max(heads)
    return [run for run in found if run.page < last or run.bottom > _signing_top(pdf, last)]


def _signing_top(pdf: bytes, page: int) -> float:
    """Return where the first line below the table stands on a page; 0 if none does."""
    below = [run.top for run in reading.runs(pdf) if run.page == page and "设置" in run.text]
    return max(below, default=0)


def test_row_taller_than_a_page_goes_on_and_nothing_is_lost() -> None:
    pdf = drawn(only(replace(dailies.rows(1)[0], opinion="弹" * 3000, handling="簧" * 400))).pdf
    text = reading.text(pdf)
    assert (text.count("弹"), text.count("簧")) == (3000, 400)
    pages = reading.page_texts(pdf)
    assert len(pages) >= 5
    assert all(page.count("客户意见") <= 1 for page in pages), "the head stands on top only"
    assert "续" in pages[1]
    assert min(run.bottom for run in reading.runs(pdf) if "弹弹" in run.text) > BOTTOM


def test_table_heads_repeat_on_each_page_and_no_row_is_missing() -> None:
    paper = dailies.daily(200, 0)
    pages = reading.page_texts(drawn(paper).pdf)
    with_rows = [page for page in pages if "****" in page]
    assert all("回访时间" in page for page in with_rows)
    text = "".join("".join(pages).split())
    assert all(row.phone in text for row in paper.sections[0].rows)


def test_nothing_is_printed_into_the_binding_or_off_the_page() -> None:
    for run in reading.runs(drawn(dailies.daily(60)).pdf):
        assert run.left >= 24 * MM
        assert run.right <= PAGE[0] - 14 * MM
        assert run.bottom >= 5 * MM
        assert run.top <= PAGE[1] - 9 * MM


def test_no_text_is_smaller_than_nine_points() -> None:
    assert min(run.size for run in reading.runs(drawn(dailies.daily()).pdf)) >= 9


def test_signature_boxes_stand_on_the_last_page_and_leave_room_for_ink() -> None:
    made = drawn(dailies.daily())
    assert set(made.places) == {COMMENT, *FIELDS.values()}
    for name, place in made.places.items():
        assert place.page == len(reading.page_texts(made.pdf)) - 1
        assert place.height >= 55, name
        assert place.width >= 160, name
    lefts = [made.places[FIELDS[role]].left for role in FIELDS]
    assert lefts == sorted(lefts)


def test_logo_is_printed_in_proportion() -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 100), "black").save(out, "PNG")
    pdf = drawn(dailies.daily(), out.getvalue()).pdf
    (left, bottom, right, top), *_ = reading.pictures(pdf)
    assert left == pytest.approx(BINDING, abs=1)
    assert (right - left) / (top - bottom) == pytest.approx(3, abs=0.05)
