from datetime import datetime

from storedesk.domain.ledgers.report_log import ReportEntry
from storedesk.domain.records import Record
from storedesk.domain.values import Value

AT = datetime(2026, 11, 21, 18, 30)


def test_a_report_is_signed_by_three() -> None:
    keys = ("signed_caller_at", "signed_manager_at", "signed_gm_at")
    for count in range(4):
        values: dict[str, Value] = dict.fromkeys(keys[:count], AT)
        assert ReportEntry(Record("report_log", "RB-1", values)).is_signed is (count == 3)
