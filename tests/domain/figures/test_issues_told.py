from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storedesk.domain.daily import Balance
from storedesk.domain.figures.issues_told import issues_told
from storedesk.domain.ledgers.issues import Issue
from storedesk.domain.values import Value
from tests.domain.figures.calls import ON, at, before
from tests.domain.stores import row


def issue(
    number: int, raised: int | None, answered: int | None = None, /, **values: Value
) -> Issue:
    """Return an opinion raised, and answered, so many days before ``ON``."""
    usual: dict[str, Value] = {
        "raised_at": None if raised is None else at(before(raised)),
        "answered_at": None if answered is None else at(before(answered), 17),
        "content": "抽屉异响，打我13912345678",
        "customer_name": "王建国",
        "status": "待处理",
    }
    return Issue(row("issues", f"YJ-20261122-A{number:03d}", **(usual | values)))


def test_todays_come_first_then_those_that_wait_then_those_answered_since() -> None:
    told = issues_told(
        [issue(1, 5), issue(2, 0), issue(3, 4, 0), issue(4, 3, 1), issue(5, -1)], before(1), ON
    )
    assert [(one.number[-3:], one.earlier) for one in told.issues] == [
        ("002", False),
        ("001", True),
        ("003", True),
    ]
    assert told.balance == Balance(2, 1, 1)
    assert told.issues[0].content == "抽屉异响，打我139****5678"


def test_days_without_a_daily_belong_to_the_next_one() -> None:
    told = issues_told([issue(1, 2), issue(2, 3)], before(3), ON)
    assert [one.earlier for one in told.issues] == [False, True]
    assert issues_told([issue(1, 2)], None, ON).balance == Balance(1, 0, 0), "the first daily"


def test_what_is_answered_without_a_date_is_not_open() -> None:
    assert issues_told([issue(1, 0, status="已解决")], before(1), ON).balance == Balance(0, 1, 1)
    assert issues_told([issue(1, 4, status="已答复")], before(1), ON).issues == ()


def test_what_nobody_dated_is_carried_and_not_lost() -> None:
    (told,) = issues_told([issue(1, None)], before(1), ON).issues
    assert (told.earlier, told.raised_on) == (True, before(1))


def test_late_is_what_its_limit_has_passed_unanswered() -> None:
    limit: dict[str, Value] = {"answer_due": datetime(2026, 11, 22, 18), "answer": "在办"}
    late, answered, open_ended = issues_told(
        [issue(1, 3, **limit), issue(2, 3, 0, **limit), issue(3, 3)], before(1), ON
    ).issues
    assert (late.overdue, answered.overdue, open_ended.overdue) == (True, False, False)
    assert late.answer == "在办"


_DAYS = st.integers(0, 12)


@given(st.lists(st.tuples(_DAYS, st.none() | _DAYS), max_size=12), st.sets(_DAYS))
def test_the_balance_goes_on_from_daily_to_daily(
    spans: list[tuple[int, int | None]], reported: set[int]
) -> None:
    """前期遗留 + 新增 − 完成 = 结余, whichever days have a daily."""
    issues = [
        issue(n, raised, None if after is None else max(0, raised - after))
        for n, (raised, after) in enumerate(spans)
    ]
    since: date | None = ON - timedelta(days=20)
    left = 0
    for day in sorted(before(days) for days in reported):
        balance = issues_told(issues, since, day).balance
        assert balance.carried_count == left
        left, since = balance.left_count, day
