from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.daily import Balance

counts = st.integers(0, 50)


@given(counts, counts, counts, counts)
def test_what_is_left_of_one_day_carries_the_next(
    carried: int, raised: int, finished: int, raised_next: int
) -> None:
    """shop.md §6.4: 前期遗留 + 新增 − 完成 = 结余, from daily to daily."""
    today = Balance(carried, raised, finished)
    tomorrow = Balance(today.left_count, raised_next, 0)
    assert tomorrow.left_count - raised_next == carried + raised - finished
