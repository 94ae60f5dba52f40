from storedesk import resources
from storedesk.domain.ledgers.parts import Part
from storedesk.domain.records import Record


def test_parts_in_use_are_active() -> None:
    states = ("", *resources.load_profile("auto").lists["配件状态"].values)
    active = {state for state in states if Part(Record("parts", "P", {"status": state})).is_active}
    assert active == {"", "在用"}
