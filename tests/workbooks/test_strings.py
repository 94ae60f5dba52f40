from __future__ import annotations

from storedesk.workbooks.strings import SharedStrings

TABLE = (
    b"<sst><si><t>a</t></si><si/><si><r><t>b</t></r><r><t>c</t></r></si>"
    b'<x:si><x:t xml:space="preserve"> d </x:t></x:si></sst>'
)


def test_strings_by_number_in_any_order() -> None:
    strings = SharedStrings(TABLE)
    assert [strings[number] for number in (3, 0, 2, 1)] == [" d ", "a", "bc", ""]
    assert strings[4] == ""
    assert b" d " in strings
    assert b"zzz" not in strings


def test_a_workbook_without_strings() -> None:
    assert SharedStrings(b"")[0] == ""
