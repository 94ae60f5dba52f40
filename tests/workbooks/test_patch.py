from __future__ import annotations

import pytest

from storedesk.workbooks.markup import Edit
from storedesk.workbooks.patch import Patch


def test_edits_apply_in_order_of_place() -> None:
    patch = Patch.of(b"0123456789", [Edit(8, 9, b"X"), Edit(2, 4, b""), Edit(2, 2, b"_")])
    assert patch.whole() == b"01_4567X9"


def test_two_edits_at_one_place_keep_their_order() -> None:
    assert Patch.of(b"ab", [Edit(1, 1, b"1"), Edit(1, 1, b"2")]).whole() == b"a12b"


def test_overlapping_edits_are_a_fault() -> None:
    with pytest.raises(ValueError, match="overlap"):
        Patch.of(b"0123456789", [Edit(2, 5, b""), Edit(4, 6, b"")])


def test_a_new_part() -> None:
    assert Patch.new_part(b"abc").whole() == b"abc"
