"""Cells both sides changed wait for a person."""

from __future__ import annotations

from datetime import date

from storedesk.domain.merge import Conflict
from storedesk.mirror import Mirror, OpenConflict
from tests.mirror.conftest import CUSTOMER, NOW, begun, operation


def test_a_conflict_is_listed_with_typed_values_until_it_is_decided(mirror: Mirror) -> None:
    days = (date(2026, 11, 1), date(2026, 11, 2), None)
    mirror.add_conflict("purchases", "GM-1", Conflict("delivered_on", *days), NOW)
    (listed,) = mirror.conflicts()
    assert listed == OpenConflict(listed.id, "purchases", "GM-1", "delivered_on", *days, NOW)
    mirror.settle_conflict(listed.id, NOW, "王芳")
    assert mirror.conflicts() == []


def test_the_newest_clash_of_a_cell_counts(mirror: Mirror) -> None:
    for ours in ("一", "二"):
        mirror.add_conflict("customers", CUSTOMER, Conflict("name", "甲", ours, "乙"), NOW)
    mirror.add_conflict("customers", CUSTOMER, Conflict("address", "1", "2", "3"), NOW)
    assert [(c.key, c.ours) for c in mirror.conflicts()] == [("name", "二"), ("address", "2")]


def test_what_ours_was_stays_in_the_history(mirror: Mirror) -> None:
    mirror.apply(operation(begun()))
    for ours in ("一", "二"):
        mirror.add_conflict("customers", CUSTOMER, Conflict("name", "甲", ours, "乙"), NOW)
    mirror.forget("customers", CUSTOMER, NOW, "file")
    assert mirror.conflicts() == []
    ended = [(e.key, e.old) for e in mirror.history("", CUSTOMER) if e.new is None]
    assert ended == [("_settled customers name", "二"), ("_settled customers name", "一")]


def test_a_decided_number_is_never_given_again(mirror: Mirror) -> None:
    """A face may still show the old list."""
    mirror.add_conflict("customers", CUSTOMER, Conflict("name", "甲", "一", "乙"), NOW)
    (first,) = mirror.conflicts()
    mirror.settle_conflict(first.id, NOW, "王芳")
    mirror.add_conflict("customers", CUSTOMER, Conflict("phone", "1", "2", "3"), NOW)
    (second,) = mirror.conflicts()
    assert second.id != first.id


def test_a_column_no_form_knows_any_more_is_left_out(mirror: Mirror) -> None:
    mirror.add_conflict("customers", CUSTOMER, Conflict("shoe_size", 40, 41, 42), NOW)
    mirror.add_conflict("horses", "PF-1", Conflict("name", "a", "b", "c"), NOW)
    assert mirror.conflicts() == []


def test_one_of_many_costs_no_more_than_one_of_few(mirror: Mirror) -> None:
    """Thousands may clash at once, in a copy that a cloud client left."""

    def steps(number: int) -> int:
        """Return about how many hundred steps SQLite takes for one more, and for its end."""
        counted: list[None] = []
        mirror.db._db.set_progress_handler(lambda: counted.append(None), 100)
        mirror.add_conflict("customers", f"KH-{number}", Conflict("name", "甲", "乙", "丙"), NOW)
        mirror.settle_conflict(number, NOW, "客服")
        mirror.db._db.set_progress_handler(None, 0)
        return len(counted)

    few = steps(1)
    with mirror.transaction():
        for number in range(2, 1_000):
            mirror.add_conflict(
                "customers", f"KH-{number}", Conflict("name", "甲", "乙", "丙"), NOW
            )
    assert steps(1_000) <= few + 2
