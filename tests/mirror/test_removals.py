"""Rows of entries that were undone are emptied, wherever people have moved them."""

from __future__ import annotations

from storedesk.mirror import Mirror
from tests.mirror.conftest import CUSTOMER, NOW, WANG, operation, taken
from tests.mirror.test_pending import BOOK, done, plan, read


def removed(mirror: Mirror) -> None:
    read(mirror, "remark")
    mirror.take_in("customers", [taken(CUSTOMER, 5, **WANG)], NOW, "file")
    mirror.remove("customers", CUSTOMER, operation(name="undo"))


def test_its_row_is_emptied_at_the_next_write(mirror: Mirror) -> None:
    removed(mirror)
    assert mirror.waiting() == {BOOK: (1, None)}
    written = plan(mirror)
    (row,) = written.rows
    assert (row.record, row.row) == (CUSTOMER, 5)
    assert set(row.cells.values()) == {None}
    assert {"id", "name", "phone", "address"} <= row.cells.keys()
    assert "remark" not in row.cells, "the column is not there"
    mirror.settle(written, done(written), NOW)
    assert mirror.waiting() == {}
    assert plan(mirror).rows == ()


def test_it_follows_its_row_and_ends_with_it(mirror: Mirror) -> None:
    removed(mirror)
    mirror.note_removed("customers", {CUSTOMER: 9})
    assert mirror.removed("customers") == {CUSTOMER: 9}
    assert plan(mirror).rows[0].row == 9
    mirror.note_removed("customers", {})
    assert mirror.removed("customers") == {}
    assert plan(mirror).rows == ()


def test_it_survives_a_change_of_forms(mirror: Mirror) -> None:
    removed(mirror)
    mirror.empty()
    assert mirror.removed("customers") == {CUSTOMER: 5}
