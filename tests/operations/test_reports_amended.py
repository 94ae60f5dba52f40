"""A daily made anew, frozen by its first signature, and amended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storedesk.domain.errors import Misuse
from storedesk.domain.paper_errors import (
    ReportFrozen,
    ReportLost,
    ReportReceived,
)
from storedesk.operations import due, records, reports
from storedesk.papers.report import fingerprint
from tests.helpers import reading
from tests.operations.shops import CALLER, FRIDAY, SATURDAY, Shop, attached
from tests.operations.test_reports import NO


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
