from __future__ import annotations

from storedesk.domain.changes import Change


def test_the_first_record_touched() -> None:
    assert Change().first == ""
    assert Change("1", {"purchases": (), "customers": ("KH-2", "KH-1")}).first == "KH-2"
