"""Every view against its form: what it reads must be there, and of the type it reads it as."""

from datetime import date, datetime

import pytest

from storedesk import resources
from storedesk.domain.ledgers.answers import QuestionAnswer
from storedesk.domain.ledgers.calendar import SpecialDay
from storedesk.domain.ledgers.call_attempts import CallAttempt
from storedesk.domain.ledgers.choices import Choice
from storedesk.domain.ledgers.complaint_actions import ComplaintAction
from storedesk.domain.ledgers.complaints import Complaint
from storedesk.domain.ledgers.customers import Customer
from storedesk.domain.ledgers.followup_rules import RuleRow
from storedesk.domain.ledgers.followups import FollowUp
from storedesk.domain.ledgers.inbound import Inbound
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.ledgers.parts import Part
from storedesk.domain.ledgers.purchases import Purchase
from storedesk.domain.ledgers.report_log import ReportEntry
from storedesk.domain.ledgers.staff import StaffMember
from storedesk.domain.ledgers.stock_moves import StockMove
from storedesk.domain.ledgers.store_info import StoreSetting
from storedesk.domain.ledgers.vehicles import Vehicle
from storedesk.domain.ledgers.view import View
from storedesk.domain.ledgers.visits import Visit
from storedesk.domain.records import Record
from storedesk.domain.values import Type, Value

FORMS = resources.load_forms()
VIEWS: tuple[type[View], ...] = (
    StoreSetting,
    StaffMember,
    RuleRow,
    Choice,
    SpecialDay,
    Customer,
    Purchase,
    Vehicle,
    Visit,
    Inbound,
    Part,
    StockMove,
    Complaint,
    ComplaintAction,
    FollowUp,
    CallAttempt,
    QuestionAnswer,
    Issue,
    ReportEntry,
)
every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.LEDGER)

SAMPLES: dict[Type, Value] = {
    Type.NUMBER: 3,
    Type.MONEY: 12.5,
    Type.DATE: date(2026, 11, 22),
    Type.MOMENT: datetime(2026, 11, 22, 10, 24),
    Type.YES_NO: True,
}


def test_every_ledger_has_a_view() -> None:
    assert tuple(view.LEDGER for view in VIEWS) == resources.LEDGERS


@every_view
def test_what_a_view_reads_stands_in_the_workbook(view: type[View]) -> None:
    kept = {column.key for column in FORMS[view.LEDGER].in_workbook()}
    assert set(view.NEEDS) - kept == set()


@every_view
def test_a_view_reads_every_column_as_what_it_holds(view: type[View]) -> None:
    """A column read as another type would always look empty."""
    form = FORMS[view.LEDGER]
    samples = {key: SAMPLES.get(form[key].type, "甲") for key in view.NEEDS}
    record = view(Record(view.LEDGER, "X-1", samples))
    for key in view.NEEDS:
        sample = samples[key]
        meant = ("甲",) if form[key].type in (Type.CHOICES, Type.FILE) else sample
        found = getattr(record, key)
        assert found in (meant, sample), key
        assert not isinstance(sample, datetime) or found == sample, key
        assert isinstance(found, bool) is (form[key].type is Type.YES_NO), key


@every_view
def test_a_view_of_an_empty_record_answers_every_question(view: type[View]) -> None:
    record = view(Record(view.LEDGER, "X-1"))
    asked = [name for name in dir(view) if not name.startswith("_") and name.islower()]
    assert {*view.NEEDS, "id", "record"} - {"record"} <= set(asked)
    for name in asked:
        getattr(record, name)


def test_a_record_of_another_ledger_is_a_bug() -> None:
    with pytest.raises(ValueError, match="a purchases record is not of ledger customers"):
        Customer(Record("purchases", "GM-1"))
