"""From rows of records to a changed file, through the public door."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from storedesk.domain.sheets import RowWrite, Stamp, WriteOutcome, Written
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import (
    BOOK,
    DAY_STYLE,
    FORM,
    HEADERS,
    RELATIONS,
    STYLES,
    TEXT_STYLE,
    header,
    number_cell,
    one_sheet,
    part_of,
    parts,
    put,
    record_row,
    row,
    sheet,
    small_form,
    text_cell,
    write,
    zipped,
)


def new(record: str, **cells: object) -> RowWrite:
    return RowWrite("customers", record, None, cells)  # type: ignore[arg-type]  # values of all kinds


def old(record: str, number: int, **cells: object) -> RowWrite:
    return RowWrite("customers", record, number, cells)  # type: ignore[arg-type]  # values of all kinds


def done(outcome: WriteOutcome) -> WriteOutcome:
    assert outcome.result is Written.DONE, outcome.problem
    return outcome


def rows_of(path: Path) -> dict[int, tuple[object, ...]]:
    content = read_workbook(path, [FORM])
    return {row.number: row.values for row in content.sheets["customers"].rows}


def test_values_of_every_type(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    outcome = done(
        write(
            tmp_path,
            new(
                "KH-1",
                name="=HYPERLINK(1)",
                phone="13812345678",
                born_on=date(2026, 11, 22),
                called_at=datetime(2026, 11, 22, 17, 42),
                amount=12.5,
                count=3,
                agreed=True,
                remark="一\n二",
                overdue=True,
            ),
        )
    )
    assert outcome.placed == {("customers", "KH-1"): 2}
    assert outcome.unplaced == ()
    assert rows_of(path) == {
        2: (
            "KH-1",
            "=HYPERLINK(1)",
            "13812345678",
            date(2026, 11, 22),
            datetime(2026, 11, 22, 17, 42),
            12.5,
            3.0,
            "是",
            "一\n二",
        )
    }
    assert "<f" not in part_of(path)


def test_formats_are_appended_once_and_then_taken_from_the_row_above(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    done(write(tmp_path, new("KH-1", phone="13812345678", born_on=date(2026, 11, 22))))
    part = part_of(path)
    assert f'<c r="C2" s="{TEXT_STYLE}"' in part
    assert f'<c r="D2" s="{DAY_STYLE}"' in part
    assert part_of(path, "xl/styles.xml") == STYLES
    counts = []
    for number in range(2, 5):
        moment = datetime(2026, 11, 22, 9, number)
        done(write(tmp_path, new(f"KH-{number}", called_at=moment, phone="0571", amount=1.0)))
        counts.append(part_of(path, "xl/styles.xml").count("<xf "))
    assert counts == [STYLES.count("<xf ") + 1] * 3


def test_a_date_into_a_cell_that_shows_numbers(tmp_path: Path) -> None:
    part = sheet(header(), row(2, text_cell("A2", "KH-1"), text_cell("D2", "2023.5.6", TEXT_STYLE)))
    path = put(tmp_path, one_sheet(part))
    done(write(tmp_path, old("KH-1", 2, born_on=date(2023, 5, 6))))
    assert rows_of(path)[2][3] == date(2023, 5, 6)


def test_the_1904_calendar(tmp_path: Path) -> None:
    content = parts({"客户档案": sheet(header())}, in_workbook='<workbookPr date1904="1"/>')
    path = put(tmp_path, zipped(content))
    done(write(tmp_path, new("KH-1", born_on=date(2026, 11, 22))))
    assert "<v>44886</v>" in part_of(path)
    assert rows_of(path)[2][3] == date(2026, 11, 22)
    assert read_workbook(path, [FORM]).date1904


def test_old_rows_are_found_by_number_and_checked_by_id(tmp_path: Path) -> None:
    rows = [header(), record_row(2, "KH-1"), record_row(3, "KH-2")]
    path = put(tmp_path, one_sheet(sheet(*rows)))
    before = path.read_bytes()
    assert write(tmp_path, old("KH-2", 2, name="x")).result is Written.STALE
    assert write(tmp_path, old("KH-2", 9, name="x")).result is Written.STALE
    assert path.read_bytes() == before
    done(write(tmp_path, old("KH-2", 3, name="李")))
    assert rows_of(path) == {2: ("KH-1", "王建国"), 3: ("KH-2", "李")}


def test_ids_in_shared_strings_are_read(tmp_path: Path) -> None:
    part = sheet(header(), row(2, '<c r="A2" t="s"><v>1</v></c>'))
    path = put(tmp_path, zipped(parts({"客户档案": part}, strings=["<t>a</t>", "<t> KH-1 </t>"])))
    assert write(tmp_path, old("KH-2", 2, name="x")).result is Written.STALE
    done(write(tmp_path, old("KH-1", 2, name="x")))
    outcome = done(write(tmp_path, new("KH-1", name="y")))
    assert outcome.placed == {("customers", "KH-1"): 2}
    assert rows_of(path) == {2: ("KH-1", "y")}


def test_an_id_that_stands_there_is_not_written_again(tmp_path: Path) -> None:
    part = sheet(header(), row(2, '<c r="A2" s="1" t="s"><v>0</v></c>'))
    path = put(tmp_path, zipped(parts({"客户档案": part}, strings=["<t>KH-1</t>"])))
    done(write(tmp_path, old("KH-1", 2, name="李")))
    assert '<c r="A2" s="1" t="s"><v>0</v></c><c r="B2"' in part_of(path)


def test_a_copied_row_gets_an_id_of_its_own(tmp_path: Path) -> None:
    rows = [header(), record_row(2, "KH-1"), record_row(3, "KH-1")]
    path = put(tmp_path, one_sheet(sheet(*rows)))
    done(write(tmp_path, old("KH-2", 3, id="KH-2")))
    assert rows_of(path) == {2: ("KH-1", "王建国"), 3: ("KH-2", "王建国")}


def test_a_row_is_emptied_with_its_id(tmp_path: Path) -> None:
    """An import that is taken back leaves no row behind; nothing below it moves."""
    rows = [header(), record_row(2, "KH-1"), record_row(3, "KH-2")]
    path = put(tmp_path, one_sheet(sheet(*rows)))
    done(write(tmp_path, old("KH-1", 2, id=None, name=None)))
    assert rows_of(path) == {3: ("KH-2", "王建国")}


def test_a_row_typed_by_a_person_gets_its_id(tmp_path: Path) -> None:
    part = sheet(header(), row(2, text_cell("B2", "王建国")))
    path = put(tmp_path, one_sheet(part))
    done(write(tmp_path, old("KH-7", 2, phone="13812345678")))
    assert rows_of(path) == {2: ("KH-7", "王建国", "13812345678")}


@pytest.mark.parametrize("count", [1, 40])
def test_the_same_plan_again_appends_nothing_twice(tmp_path: Path, count: int) -> None:
    path = put(tmp_path, one_sheet(sheet(header(), record_row(2, "KH-A"))))
    plan = [new(f"KH-{number}", name=f"客户{number}") for number in range(count)]
    first = done(write(tmp_path, *plan))
    once = path.read_bytes()
    again = done(write(tmp_path, *plan))
    assert again.placed == first.placed
    assert path.read_bytes() == once


def test_two_writes_of_one_new_record_are_one_row(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    done(write(tmp_path, new("KH-1", name="王"), new("KH-1", phone="13812345678")))
    assert rows_of(path) == {2: ("KH-1", "王", "13812345678")}


def test_columns_are_found_where_people_put_them(tmp_path: Path) -> None:
    labels = ["我的", "客户姓名", "客户编号"]
    part = sheet(row(1, text_cell("A1", "门店一览")), header(3, labels))
    path = put(tmp_path, one_sheet(part, "张三的表"))
    outcome = done(write(tmp_path, new("KH-1", name="王", phone="138", agreed=None)))
    assert outcome.unplaced == (("customers", "KH-1", "phone"),)
    content = read_workbook(path, [FORM]).sheets["customers"]
    assert (content.name, content.header_row, content.extras) == ("张三的表", 3, {"我的": 1})
    assert [row.values for row in content.rows] == [(None, "王", "KH-1")]


def test_several_ledgers_at_once(tmp_path: Path) -> None:
    calls = small_form("calls", "拨打记录", ["拨打编号", "结果"])
    content = parts({"拨打": sheet(header(1, ["拨打编号", "结果"])), "客户档案": sheet(header())})
    path = put(tmp_path, zipped(content))
    rows = [new("KH-1", name="王"), RowWrite("calls", "BD-1", None, {"column1": "成功"})]
    done(write(tmp_path, *rows, forms=[FORM, calls]))
    found = read_workbook(path, [FORM, calls]).sheets
    assert found["customers"].rows[0].values == ("KH-1", "王")
    assert found["calls"].rows[0].values == ("BD-1", "成功")


def test_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    put(tmp_path, one_sheet(sheet(header(1, HEADERS[1:]))))
    outcome = write(tmp_path, new("KH-1", name="王"))
    assert outcome.result is Written.FAILED
    assert "编号列" in outcome.problem


def table(totals: str = "") -> dict[str, bytes]:
    """Return a workbook whose ledger is an Excel table over A1:B2."""
    content = parts(
        {"客户档案": sheet(header(1, HEADERS[:2]), record_row(2, "KH-1"))},
        types='<Override PartName="/xl/tables/table1.xml" ContentType="t"/>',
    )
    content["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships><Relationship Id="rId1" Type="{RELATIONS}/table"'
        ' Target="../tables/table1.xml"/></Relationships>'
    ).encode()
    content["xl/tables/table1.xml"] = (
        f'<table id="1" ref="A1:B2"{totals}><autoFilter ref="A1:B2"/></table>'.encode()
    )
    return content


def test_an_excel_table_grows(tmp_path: Path) -> None:
    path = put(tmp_path, zipped(table()))
    done(write(tmp_path, new("KH-2", name="李"), new("KH-3", name="张")))
    assert part_of(path, "xl/tables/table1.xml").count('ref="A1:B4"') == 2


def test_nothing_is_appended_below_a_totals_row(tmp_path: Path) -> None:
    put(tmp_path, zipped(table(' totalsRowCount="1"')))
    outcome = write(tmp_path, new("KH-2", name="李"))
    assert outcome.result is Written.FAILED
    assert "汇总行" in outcome.problem
    done(write(tmp_path, old("KH-1", 2, name="李")))


def test_filter_and_its_hidden_name_grow_together(tmp_path: Path) -> None:
    part = sheet(header(), record_row(2, "KH-1"), after='<autoFilter ref="A1:I2"/>')
    names = (
        '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        "客户档案!$A$1:$I$2</definedName></definedNames>"
    )
    path = put(tmp_path, zipped(parts({"客户档案": part}, after_sheets=names)))
    done(write(tmp_path, new("KH-2"), generation="4.A.z", desk="D"))
    assert '<autoFilter ref="A1:I3"/>' in part_of(path)
    assert "客户档案!$A$1:$I$3<" in part_of(path, "xl/workbook.xml")
    assert read_workbook(path, [FORM]).stamp == Stamp("D", "4.A.z")


def with_formulas() -> dict[str, bytes]:
    formula = '<c r="F2"><f>1+1</f><v>2</v></c>'
    part = sheet(header(), row(2, text_cell("A2", "KH-1"), formula, number_cell("G2", 1)))
    content = parts(
        {"客户档案": part},
        relations=f'<Relationship Id="rId50" Type="{RELATIONS}/calcChain" Target="calcChain.xml"/>',
        types='<Override PartName="/xl/calcChain.xml" ContentType="c"/>',
    )
    content["xl/calcChain.xml"] = b'<calcChain><c r="F2" i="1"/></calcChain>'
    return content


def test_formulas_are_recalculated_and_the_chain_stays(tmp_path: Path) -> None:
    path = put(tmp_path, zipped(with_formulas()))
    done(write(tmp_path, old("KH-1", 2, count=5)))
    assert 'fullCalcOnLoad="1"' in part_of(path, "xl/workbook.xml")
    assert part_of(path, "xl/calcChain.xml") == '<calcChain><c r="F2" i="1"/></calcChain>'
    assert "<f>1+1</f>" in part_of(path)


def test_the_chain_goes_when_a_formula_is_replaced(tmp_path: Path) -> None:
    path = put(tmp_path, zipped(with_formulas()))
    done(write(tmp_path, old("KH-1", 2, amount=5.0), desk="D", generation="1.A.a"))
    assert "calcChain" not in part_of(path, "[Content_Types].xml")
    assert "calcChain" not in part_of(path, "xl/_rels/workbook.xml.rels")
    with pytest.raises(KeyError):
        part_of(path, "xl/calcChain.xml")
    assert rows_of(path)[2][5] == 5.0


def test_without_formulas_nobody_is_asked_to_recalculate(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    done(write(tmp_path, new("KH-1")))
    assert "calcPr" not in part_of(path, "xl/workbook.xml")


def test_an_empty_plan_only_stamps(tmp_path: Path) -> None:
    path = put(tmp_path, one_sheet(sheet(header())))
    before = part_of(path)
    done(write(tmp_path, generation="1.A.a", desk="D"))
    assert part_of(path) == before
    assert read_workbook(path, [FORM]).stamp == Stamp("D", "1.A.a")


def test_the_file_name_is_said_in_refusals(tmp_path: Path) -> None:
    part = sheet(header(), "<!-- x -->")
    put(tmp_path, one_sheet(part))
    outcome = write(tmp_path, new("KH-1"))
    assert outcome.result is Written.FAILED
    assert f"《{BOOK}》" in outcome.problem
