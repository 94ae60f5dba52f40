"""What rules and pages ask again and again is answered from indexes, not by reading everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from storedesk.domain.forms import Form, Forms
from storedesk.domain.rules import due, triggers
from storedesk.domain.select import Equal, OneOf, Select
from storedesk.mirror import Mirror
from storedesk.mirror.connection import Cell
from storedesk.mirror.schema import TYPED
from storedesk.mirror.stored import query, table

MANY = tuple(f"KH-{number}" for number in range(900))
ASKED = [
    *(select for select in due.SELECTS if select.ledger != "report_log"),  # two rows a day
    *triggers.happened_between(date(2026, 11, 1), date(2026, 11, 20)),
    *triggers.facts_about(("KH-1",)),
    *triggers.facts_about(MANY[:400]),
    *triggers.facts_about(MANY),
    Select("followups", (OneOf("trigger_record", MANY),)),
    Select("call_attempts", (OneOf("followup", MANY),)),
    Select("customers", (Equal("phone", "13800003456"),)),
    Select("customers", (Equal("name", "王建国"),)),
    Select("vehicles", (Equal("plate", "浙A12345"),)),
    Select("vehicles", (Equal("vin", "LJD12345678901234"),)),
]


def steps(mirror: Mirror, sql: str, values: Sequence[Cell] = ()) -> list[str]:
    rows = mirror.db.rows(f"EXPLAIN QUERY PLAN {sql}", values)
    return [str(row[3]) for row in rows]


@pytest.mark.parametrize("select", ASKED, ids=lambda select: f"{select.ledger}-{select.where}"[:60])
def test_no_rule_reads_a_whole_ledger(mirror: Mirror, forms: Forms, select: Select) -> None:
    sql, values = query(select, forms[select.ledger], '"id"')
    plan = steps(mirror, sql, values)
    assert not [step for step in plan if step.startswith(f"SCAN {table(select.ledger)}")], plan


@pytest.mark.parametrize("order", [("-created_at", "-id"), ("-name",), ("id",), ("-id",)])
def test_pages_come_sorted_from_an_index(
    mirror: Mirror, forms: Forms, order: tuple[str, ...]
) -> None:
    sql, _ = query(Select("customers", (), order), forms["customers"], '"id"')
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps(mirror, sql)


def test_rows_typed_in_excel_are_found_without_a_scan(mirror: Mirror, forms: Forms) -> None:
    for form in forms:
        plan = steps(mirror, f'SELECT "id" FROM {table(form.ledger)} WHERE {TYPED}')
        assert "INDEX" in plan[0], form.ledger


def test_an_empty_cell_stays_out_of_the_indexes(mirror: Mirror, forms: Forms) -> None:
    """An entry pays for what it fills in, not for all that could be looked up."""
    form: Form = forms["complaints"]
    sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL"
    indexes = [str(row[0]) for row in mirror.db.rows(sql, (table(form.ledger),))]
    whole = [index for index in indexes if "WHERE" not in index]
    asked_empty = [one for one in whole if '"closed_at"' in one or '"status"' in one]
    assert asked_empty, "rules ask which complaints are open"
    assert len(whole) <= 5
    assert len(indexes) > 10


def test_changed_tables_are_made_anew(mirror: Mirror) -> None:
    mirror.db.run("DROP TABLE r_customers")
    mirror.db.run('CREATE TABLE r_customers ("id" TEXT PRIMARY KEY, name, colour, _own, _row)')
    mirror.db.run("INSERT INTO r_customers VALUES ('KH-1', '王建国', 'red', 1, NULL)")
    mirror.empty()
    record = mirror.get("customers", "KH-1")
    assert record is not None
    assert record.values == {"name": "王建国"}, "what the new form knows is carried over"
    assert mirror.find_by("customers", "name", "王建国") == ["KH-1"]
