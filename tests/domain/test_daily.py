from __future__ import annotations

from storedesk.domain.daily import Balance


def test_what_is_left_at_the_end_of_a_day_is_what_the_next_begins_with() -> None:
    first = Balance(carried_count=3, raised_count=2, finished_count=4)
    assert first.left_count == 1
    assert Balance(first.left_count, raised_count=0, finished_count=1).left_count == 0
