"""The daily: what is in it, how it is made anew, frozen, amended, and how dailies join."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from storedesk.domain.errors import Misuse, NotWritable, WorkbookError
from storedesk.domain.paper_errors import (
    PaperUnreadable,
    TemplateUnusable,
    UnknownReport,
)
from storedesk.domain.select import Select
from storedesk.operations import checking, records, reports, syncing
from storedesk.operations.clock import FixedClock
from storedesk.papers import conformance, pdfa
from storedesk.papers.report import fingerprint
from tests.helpers import reading
from tests.operations.conftest import NewDesk
from tests.operations.shops import CALLER, FRIDAY, GM, SATURDAY, Shop, attached

NO = "RB-20261120"


def test_the_days_calls_stand_in_one_pdf_with_two_sections(busy: Shop) -> None:
    made = busy.report()
    assert made.report_no == NO
    assert made.path == busy.desk.folder / "报表/2026/11/RB-20261120_客户回访日报.pdf"
    pdf = made.path.read_bytes()
    assert conformance.check_pdfa(pdf) == []
    text = reading.text(pdf)
    for told in ("七天回访（销售7DC）", "修后三天回访（维修3DC）", "王建国", "李秀英", "陈子涵"):
        assert told in text
    assert f"文件指纹{made.fingerprint[:12]}" in text
    sales, repairs = attached(made.path)["sections"]
    assert [row["result"] for row in sales["rows"]] == ["成功", "未访"]
    assert (sales["counts"]["due_count"], sales["counts"]["success_count"]) == (2, 1)
    assert [row["result"] for row in repairs["rows"]] == ["无人接听"]
    assert repairs["counts"]["failed_by"] == [["无人接听", 1]]


def test_names_are_shown_and_phones_are_masked(busy: Shop) -> None:
    made = busy.report()
    files = pdfa.attached(made.path.read_bytes())
    whole = reading.text(made.path.read_bytes()) + files["rows.json"].decode()
    assert "王建国" in whole
    assert "138****1001" in whole
    assert "139****5678" in whole, "a number within the customer's words too"
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", whole)


def test_the_rows_are_attached_as_a_table_with_item_scores(busy: Shop, tmp_path: Path) -> None:
    made = busy.report()
    file = tmp_path / "rows.xlsx"
    file.write_bytes(pdfa.attached(made.path.read_bytes())["rows.xlsx"])
    book = openpyxl.load_workbook(file)
    headers, first, *_ = book.active.iter_rows(values_only=True)
    row = dict(zip(headers, first, strict=True))
    book.close()
    assert (row["客户"], row["电话"], row["结果"], row["满意度"]) == (
        "王建国",
        "138****1001",
        "成功",
        4,
    )
    assert next(value for header, value in row.items() if header.startswith("A2")) == "有问题"


def test_scores_of_the_full_form_make_the_index(busy: Shop) -> None:
    """K10 over the items that were answered: 15 % at 4 and 20 % at 5."""
    followup = busy.deliver("赵永康", FRIDAY - timedelta(days=7))
    busy.reach(followup, 5, B1="4", B3="5", B2="0")
    sales, _ = attached(busy.report().path)["sections"]
    assert sales["figures"]["index"] == pytest.approx(20 * (15 * 4 + 20 * 5) / 35)
    (row,) = [one for one in sales["rows"] if one["id"] == followup]
    assert row["scores"] == {"B1": "4", "B2": "0", "B3": "5", "T1": "5"}


def test_the_report_is_entered_in_the_ledger_and_its_workbook(busy: Shop) -> None:
    made = busy.report()
    syncing.sync(busy.desk)
    book = openpyxl.load_workbook(busy.desk.path("回访台账.xlsx"))
    headers, row = list(book["日报登记"].iter_rows(values_only=True))[:2]
    cells = dict(zip(headers, row, strict=True))
    book.close()
    assert cells["报表编号"] == NO
    assert cells["文件"] == str(made.path.relative_to(busy.desk.folder))
    assert (cells["应访"], cells["实访"], cells["成功"], cells["满意率"]) == (3, 2, 1, 100)
    assert cells["文件指纹"] == fingerprint(made.path.read_bytes())
    assert records.history(busy.desk, NO)
    assert checking.check(busy.desk) == ()


def test_a_call_names_the_report_that_tells_its_result(busy: Shop) -> None:
    busy.report()
    syncing.sync(busy.desk)
    busy.desk.mirror.empty()
    report = syncing.sync(busy.desk)
    assert report.problems == ()
    told = {
        record.text("customer_name"): record["report"]
        for record in busy.desk.mirror.select(Select("followups"))
    }
    assert told == {"王建国": NO, "李秀英": None, "陈子涵": None}


def test_car_dealers_get_one_pdf_for_each_kind(new_desk: NewDesk, clock: FixedClock) -> None:
    shop = Shop(new_desk("auto"), clock).hire()
    shop.deliver("王建国", FRIDAY - timedelta(days=7))
    chen = shop.repair("陈子涵", FRIDAY - timedelta(days=3))
    shop.reach(chen, 4, "等得有点久")
    sales, repairs = reports.make_daily(shop.desk, FRIDAY, by=CALLER)
    assert (sales.report_no, repairs.report_no) == (f"{NO}-7DC", f"{NO}-3DC")
    assert repairs.path.name == "RB-20261120-3DC_维修3DC回访日报.pdf"
    assert "交车日" in reading.text(sales.path.read_bytes())
    assert [one["content"] for one in attached(repairs.path)["issues"]] == ["等得有点久"]
    assert attached(sales.path)["issues"] == [], "an opinion stands with its call"
    (one,) = reports.make_daily(shop.desk, FRIDAY, by=CALLER, kind="3DC")
    assert one.report_no == repairs.report_no
    with pytest.raises(Misuse, match="7DC、3DC"):
        reports.make_daily(shop.desk, FRIDAY, by=CALLER, kind="综合")


def test_who_calls_his_own_customer_is_printed(shop: Shop) -> None:
    followup = shop.deliver("王建国", FRIDAY - timedelta(days=7), sales_owner=CALLER)
    shop.reach(followup)
    assert "回访人是这一单的经手人" in reading.text(shop.report().path.read_bytes())


# --- bad input ----------------------------------------------------------------------------------


def test_a_day_that_has_not_come_has_no_report(shop: Shop) -> None:
    with pytest.raises(Misuse, match="还没到"):
        shop.report(SATURDAY)


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(busy: Shop) -> None:
    archive = busy.desk.folder / "报表"
    archive.rmdir()
    archive.write_text("")
    with pytest.raises(NotWritable):
        busy.report()
    assert reports.list_reports(busy.desk) == []


def test_a_report_is_written_whole_or_not_at_all(busy: Shop) -> None:
    """Where a folder of its name stands in the way, nothing of it is left."""
    path = busy.report().path
    path.unlink()
    path.mkdir()
    with pytest.raises(WorkbookError):
        busy.report()
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert busy.entry(NO).status == "草稿"


def test_the_stores_own_template_wins_and_its_mistakes_are_said(busy: Shop) -> None:
    folder = busy.desk.folder / "templates" / "reports"
    folder.mkdir(parents=True)
    own = folder / "daily.toml"
    shipped = Path(__file__).parents[2] / "templates" / "reports" / "daily.toml"
    text = shipped.read_text("utf-8")
    own.write_text(text.replace('title = "客户回访日报"', 'title = "幸福路回访日报"'), "utf-8")
    assert busy.report().path.name == f"{NO}_幸福路回访日报.pdf"
    own.write_text(text.replace('logo = ""', 'logo = "没有.png"'), "utf-8")
    with pytest.raises(TemplateUnusable, match=r"没有\.png"):
        busy.report()
    own.write_text("title = ", "utf-8")
    with pytest.raises(TemplateUnusable, match="写法有误"):
        busy.report()


def test_reports_are_listed_with_whom_they_wait_for_and_shown_as_pictures(busy: Shop) -> None:
    path = busy.report().path
    busy.sign(NO)
    (line,) = reports.list_reports(busy.desk)
    assert (line.report_no, line.status, line.waits_for) == (NO, "待审核", "客服主管")
    assert line.is_there
    shown = reports.pages(busy.desk, NO)
    assert len(shown) == len(reading.page_texts(path.read_bytes()))
    assert all(page.startswith(b"\x89PNG") for page in shown)
    shutil.move(path, path.with_suffix(".bak"))
    assert not reports.list_reports(busy.desk)[0].is_there
    with pytest.raises(PaperUnreadable):
        reports.pages(busy.desk, NO)
    with pytest.raises(UnknownReport, match="RB-1"):
        reports.pages(busy.desk, "RB-1")


def test_the_signers_are_who_the_store_says(busy: Shop) -> None:
    text = reading.text(busy.report().path.read_bytes())
    assert all(label in text for label in ("①回访人", "②客服主管", "③店长"))
    assert GM not in text, "nobody has signed yet"
