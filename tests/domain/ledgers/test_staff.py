from storedesk.domain.ledgers.staff import StaffMember
from storedesk.domain.records import Record


def test_whoever_has_not_left_works_here() -> None:
    states = ("", "在职", "离职")
    active = [StaffMember(Record("staff", "YG-1", {"status": one})).is_active for one in states]
    assert active == [True, True, False]
