from storedesk.domain.ledgers.vehicles import Vehicle
from storedesk.domain.records import Record


def goods(**values: str) -> str:
    return Vehicle(Record("vehicles", "CL-1", values)).goods


def test_a_car_in_words() -> None:
    assert goods(model="K5 2.0", plate="苏J12345", vin="LJD") == "K5 2.0 苏J12345"
    assert goods(plate="苏J12345") == "苏J12345"
    assert goods(vin="LJD1234567A001234") == "LJD1234567A001234"
