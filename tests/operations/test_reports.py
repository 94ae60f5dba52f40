"""The daily: what is in it, how it is made anew, frozen, amended, and how dailies join."""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from storedesk.domain.errors import Misuse, NotWritable, WorkbookError
from storedesk.domain.paper_errors import (
    PaperUnreadable,
    ReportFrozen,
    ReportLost,
    ReportReceived,
    TemplateUnusable,
    UnknownReport,
)
from storedesk.domain.select import Select
from storedesk.operations import checking, due, followups, records, reports, syncing
from storedesk.operations.clock import FixedClock
from storedesk.papers import conformance, pdfa
from storedesk.papers.report import fingerprint
from tests.helpers import reading
from tests.operations.conftest import NewDesk
from tests.operations.shops import CALLER, FRIDAY, GM, MANAGER, Shop, attached

SATURDAY = FRIDAY + timedelta(days=1)
SUNDAY = FRIDAY + timedelta(days=2)
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


# --- made anew, frozen, amended ---------------------------------------------------------------


def test_before_the_first_signature_it_is_made_anew(busy: Shop) -> None:
    first = busy.report()
    busy.reach(busy.deliver("赵永康", FRIDAY - timedelta(days=7)))
    second = busy.report()
    assert second.path == first.path
    assert busy.entry(NO).success_count == 2
    assert busy.entry(NO).sha256 == fingerprint(second.path.read_bytes())
    assert [line.report_no for line in reports.list_reports(busy.desk)] == [NO]


def test_signed_and_nothing_changed_says_so(busy: Shop) -> None:
    busy.report()
    busy.sign(NO)
    before = busy.state_of(NO)
    made = busy.report()
    assert not made.made
    assert "赵倩签字定稿，台账没有变化" in made.sentence
    assert busy.state_of(NO) == before


def test_signed_and_changed_is_refused_unless_amended(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO)
    before = busy.state_of(NO)
    busy.reach(busy.desk.mirror.find_by("followups", "customer_name", "李秀英")[0], 3)
    with pytest.raises(ReportFrozen, match="已由赵倩签字定稿"):
        busy.report()
    with pytest.raises(Misuse, match="原因"):
        busy.report(amend=True)
    assert busy.state_of(NO) == before
    made = busy.report(amend=True, reason="漏登了一个回访")
    assert made.report_no == f"{NO}-V2"
    assert made.path.name == "RB-20261120_客户回访日报_V2.pdf"
    assert busy.state_of(NO) == before, "both versions stay"
    text = reading.text(made.path.read_bytes())
    assert "更正版V2" in text
    assert "更正原因：漏登了一个回访" in text
    lines = {(c["where"], c["was"], c["now"]) for c in attached(made.path)["corrections"]}
    assert ("七天回访 成功", "1", "2") in lines
    assert any(where.startswith("李秀英 结果") and now == "成功" for where, _, now in lines)
    assert (busy.entry(f"{NO}-V2").version, busy.entry(f"{NO}-V2").status) == (2, "草稿")


def test_an_amendment_is_made_anew_and_then_frozen_like_any_report(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO)
    late = busy.desk.mirror.find_by("followups", "customer_name", "李秀英")[0]
    busy.reach(late, 3)
    busy.report(amend=True, reason="漏登了一个回访")
    records.set_values(busy.desk, late, {"满意度": "2"}, CALLER)
    second = busy.report()
    assert second.report_no == f"{NO}-V2"
    assert busy.entry(second.report_no).correction_reason == "漏登了一个回访"
    assert "已有更正版" in busy.refused(NO)
    busy.sign_all(second.report_no)
    assert not busy.report().made
    records.set_values(busy.desk, late, {"满意度": "1"}, CALLER)
    assert busy.report(amend=True, reason="又改").report_no == f"{NO}-V3"


def test_a_half_signed_version_is_signed_no_further_once_amended(busy: Shop) -> None:
    busy.report()
    busy.sign(NO)
    busy.reach(busy.desk.mirror.find_by("followups", "customer_name", "李秀英")[0])
    busy.report(amend=True, reason="漏登")
    assert busy.entry(NO).status == "退回更正"
    owed = [one.record for one in due.due_list(busy.desk).items if one.kind == "日报待签"]
    assert owed == [f"{NO}-V2"]


def test_an_amendment_of_what_nobody_signed_is_just_made_anew(busy: Shop) -> None:
    busy.report()
    made = busy.report(amend=True, reason="改一下")
    assert made.report_no == NO
    assert "还没有人签过字" in made.remarks[0]


def test_what_head_office_has_is_amended_only_after_it_was_sent_back(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO)
    records.set_values(busy.desk, NO, {"总部回执号": "HZ-1"}, CALLER)
    busy.reach(busy.desk.mirror.find_by("followups", "customer_name", "李秀英")[0])
    with pytest.raises(ReportReceived, match="HZ-1"):
        busy.report(amend=True, reason="漏登")
    records.set_values(busy.desk, NO, {"退回原因": "漏了一户"}, CALLER)
    assert busy.report(amend=True, reason="漏登").report_no == f"{NO}-V2"


def test_a_signed_report_that_is_gone_is_not_replaced_by_another(busy: Shop) -> None:
    path = busy.report().path
    busy.sign(NO)
    path.unlink()
    with pytest.raises(ReportLost, match="不在原处"):
        busy.report()
    assert not path.exists()


def test_an_earlier_day_is_told_as_it_was(busy: Shop) -> None:
    """What was called a day later does not change the day before."""
    busy.on(SATURDAY)
    busy.reach(busy.desk.mirror.find_by("followups", "customer_name", "陈子涵")[0])
    made = busy.report(FRIDAY)
    assert attached(made.path)["timeliness"] == "补报"
    (repair,) = attached(made.path)["sections"][1]["rows"]
    assert (repair["result"], repair["overall"]) == ("无人接听", None)


# --- one after the other ------------------------------------------------------------------------


def test_each_daily_holds_the_fingerprint_of_the_one_before(busy: Shop) -> None:
    first = busy.report()
    assert attached(first.path)["previous"] == {"no": "", "fingerprint": ""}
    busy.sign_all(NO)
    busy.on(SATURDAY)
    second = busy.report()
    assert attached(second.path)["previous"] == {"no": NO, "fingerprint": first.fingerprint}
    assert f"上一日报指纹{first.fingerprint[:12]}" in reading.text(second.path.read_bytes())
    assert re.fullmatch(r"[0-9a-f]{64}", attached(second.path)["history_head"])


def test_a_gap_in_the_chain_is_told(busy: Shop) -> None:
    busy.report().path.unlink()
    busy.on(SATURDAY)
    made = busy.report()
    assert any("指纹接不上" in remark for remark in made.remarks)
    busy.report(FRIDAY)
    assert any("RB-20261121 还没签字，请重新生成" in r for r in busy.report(FRIDAY).remarks)


def test_a_signed_daily_that_is_gone_is_not_compared(busy: Shop) -> None:
    path = busy.report().path
    busy.sign_all(NO)
    path.unlink()
    busy.on(SATURDAY)
    assert attached(busy.report().path)["corrections"] == []


def test_empty_days_are_listed_in_the_next_daily_and_busy_ones_are_missed(busy: Shop) -> None:
    busy.report()
    busy.sign(NO)
    due = busy.deliver("郑雪梅", FRIDAY - timedelta(days=4))
    records.add(busy.desk, "calendar", {"day": date(2026, 11, 24), "kind": "门店休息"}, CALLER)
    busy.on(date(2026, 11, 25))
    busy.try_to_reach(due)
    made = busy.report()
    assert attached(made.path)["empty_days"] == [
        {"first_on": "2026-11-21", "last_on": "2026-11-22", "reason": "无应访客户"},
        {"first_on": "2026-11-24", "last_on": "2026-11-24", "reason": "门店休息"},
    ]
    assert "11-21～11-22无应访客户" in reading.text(made.path.read_bytes())
    assert any(remark.startswith("11-23 有应访客户，还没有日报") for remark in made.remarks)


def test_an_empty_day_may_be_reported_and_signed_all_the_same(shop: Shop) -> None:
    made = shop.report()
    assert "当日无应访客户" in reading.text(made.path.read_bytes())
    assert "可以不单独签" in made.remarks[0]
    shop.sign_all(NO)
    assert shop.entry(NO).is_signed


def test_opinions_are_carried_from_daily_to_daily_and_balance(busy: Shop) -> None:
    """前期遗留 + 新增 − 完成 = 结余, and 结余 is what the next one begins with."""
    first = attached(busy.report().path)
    busy.sign(NO)
    assert first["balance"] == {"carried_count": 0, "raised_count": 1, "finished_count": 0}
    busy.on(SATURDAY)
    wu = busy.deliver("武婷", SATURDAY - timedelta(days=7))
    busy.reach(wu, 4, "气味比较大")
    (old,) = busy.desk.mirror.find_by("issues", "customer_name", "王建国")
    second = attached(busy.report().path)
    assert second["balance"] == {"carried_count": 1, "raised_count": 1, "finished_count": 0}
    assert [one["earlier"] for one in second["issues"]] == [False, True]
    busy.sign("RB-20261121")
    busy.on(SUNDAY)
    followups.answer_issue(busy.desk, old, "已调整滑轨", by=MANAGER)
    third = attached(busy.report().path)
    assert third["balance"] == {"carried_count": 2, "raised_count": 0, "finished_count": 1}
    busy.sign("RB-20261122")
    busy.on(SUNDAY + timedelta(days=1))
    assert attached(busy.report().path)["balance"]["carried_count"] == 1


def test_an_order_returns_until_it_is_done(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO, comment="已阅，抽屉问题三天内回复客户")
    busy.on(SATURDAY)
    (order,) = attached(busy.report().path)["instructions"]
    assert order == {
        "report_no": NO,
        "text": "已阅，抽屉问题三天内回复客户",
        "owner": MANAGER,
        "due_on": "2026-11-23",
        "progress": "未做",
        "done": False,
    }
    busy.sign("RB-20261121")
    done = {"批示完成情况": "完成", "备注": "已上门调好"}
    records.set_values(busy.desk, NO, done, MANAGER)
    busy.on(SUNDAY)
    (order,) = attached(busy.report().path)["instructions"]
    assert (order["done"], order["progress"]) == (True, "完成：已上门调好")
    busy.sign("RB-20261122")
    busy.on(SUNDAY + timedelta(days=1))
    assert attached(busy.report().path)["instructions"] == [], "it was told once that it is done"


def test_a_change_after_signing_is_listed_once_in_the_next_daily(busy: Shop) -> None:
    busy.report()
    busy.sign_all(NO)
    busy.on(FRIDAY, 18, 30)
    (wang,) = busy.desk.mirror.find_by("followups", "customer_name", "王建国")
    records.set_values(busy.desk, wang, {"客户意见": "抽屉有异响，已自己修好"}, MANAGER)
    busy.on(SATURDAY)
    made = busy.report()
    (line,) = attached(made.path)["corrections"]
    assert line == {
        "report_no": NO,
        "where": f"王建国 客户意见（{wang}）",
        "was": "抽屉有异响，打我 139****5678",
        "now": "抽屉有异响，已自己修好",
        "reason": "林晓 11-20 18:30 改",
    }
    assert "签后更正" in reading.text(made.path.read_bytes())
    busy.sign("RB-20261121")
    busy.on(SUNDAY)
    assert attached(busy.report().path)["corrections"] == []


def test_what_goes_on_after_signing_is_no_correction(busy: Shop) -> None:
    """An answer, a retry and goods taken back the day after are the days' own business."""
    busy.report()
    busy.sign_all(NO)
    busy.on(SATURDAY)
    (issue,) = busy.desk.mirror.ids(Select("issues"))
    followups.answer_issue(busy.desk, issue, "已约上门", by=MANAGER)
    busy.reach(busy.desk.mirror.find_by("followups", "customer_name", "陈子涵")[0])
    (li,) = busy.desk.mirror.find_by("purchases", "customer_name", "李秀英")
    records.set_values(busy.desk, li, {"状态": "已退货"}, CALLER)
    assert attached(busy.report().path)["corrections"] == []
    assert not busy.report(FRIDAY).made


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
