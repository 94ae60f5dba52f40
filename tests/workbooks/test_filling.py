"""What new rows take over from those above: looks, heights and formulas, as Excel does.

| rows above | new row |
|---|---|
| three of five share a look | that look |
| fewer share one | the look of the last row |
| a height that people set | that height; others follow the text |
| four of five hold the same formula (relative) | that formula |
| a table's calculated column | its formula, always |
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from storedesk.domain.sheets import RowWrite, WriteOutcome, Written
from storedesk.domain.values import Value
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import (
    FORM,
    HEADERS,
    RELATIONS,
    header,
    number_cell,
    one_sheet,
    part_of,
    parts,
    put,
    row,
    sheet,
    small_form,
    text_cell,
    write,
    zipped,
)


def new(record: str, **cells: Value) -> RowWrite:
    return RowWrite("customers", record, None, cells)


def old(record: str, number: int, **cells: Value) -> RowWrite:
    return RowWrite("customers", record, number, cells)


def append(folder: Path, *rows: str, after: str = "", **cells: Value) -> str:
    """Append a record below some rows; return the new row."""
    path = put(folder, one_sheet(sheet(header(), *rows, after=after)))
    assert write(folder, new("KH-N", **cells)).result is Written.DONE
    numbers = [int(found) for found in re.findall(r'<row r="(\d+)"', part_of(path))]
    return row_of(path, max(numbers))


def row_of(path: Path, number: int) -> str:
    found = re.search(rf'<row r="{number}".*?(?:</row>|(?<=/)>)', part_of(path))
    assert found
    return found[0]


def data(number: int, *cells: str, style: int = 0, attributes: str = "") -> str:
    return row(
        number, text_cell(f"A{number}", f"KH-{number}", style), *cells, attributes=attributes
    )


def beside(column: str, *formulas: str) -> list[str]:
    """Return data rows from row 2 with a formula (or nothing) each in a column of people's own."""
    return [
        data(number, f'<c r="{column}{number}" s="1">{formula}</c>' if formula else "")
        for number, formula in enumerate(formulas, 2)
    ]


# --- looks ---------------------------------------------------------------------------------------


def test_one_marked_row_does_not_mark_all_that_follow(tmp_path: Path) -> None:
    rows = [data(number, style=1) for number in range(2, 6)]
    marked = row(
        6, text_cell("A6", "KH-6", 3), '<c r="K6" s="2"/>', attributes=' s="2" customFormat="1"'
    )
    after = append(tmp_path, *rows, marked)
    assert after.startswith('<row r="7"><c r="A7" s="1"')
    assert "K7" not in after


def test_the_last_row_decides_where_no_three_agree(tmp_path: Path) -> None:
    rows = [data(number, style=style) for number, style in enumerate((1, 1, 2, 2, 3), 2)]
    assert '<c r="A7" s="3"' in append(tmp_path, *rows)


def test_only_heights_that_people_set_are_taken_over(tmp_path: Path) -> None:
    grown = data(2, attributes=' ht="60"')
    assert append(tmp_path, grown).startswith('<row r="3"><')
    wanted = data(2, attributes=' ht="30" customHeight="1"')
    assert append(tmp_path, wanted).startswith('<row r="3" ht="30" customHeight="1"><')


def test_a_hidden_or_folded_row_above_hides_nothing(tmp_path: Path) -> None:
    after = append(tmp_path, data(2, attributes=' hidden="1" outlineLevel="1" collapsed="1"'))
    assert after.startswith('<row r="3"><')


# --- formulas beside ours ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formulas", "filled"),
    [
        (["<f>F{0}*2</f><v>0</v>"] * 5, "F7*2"),
        (["<f>F{0}*2</f><v>0</v>"] * 4, "F6*2"),
        (["<f>F{0}*2</f><v>0</v>"] * 3, None),
        (["<v>1</v>", *["<f>F{0}*2</f>"] * 4], "F7*2"),
        ([*["<f>F{0}*2</f>"] * 4, ""], "F7*2"),
        (["", "", *["<f>F{0}*2</f>"] * 3], None),
        (["<f>F{0}*3</f>", *["<f>F{0}*2</f>"] * 4, ""], "F8*2"),
        (["<f>F$2*2</f>"] * 5, "F$2*2"),
        (["<f>F2*2</f>"] * 5, None),
        (["<f>IF(B{0}=&quot;&amp;&quot;,1,2)</f>"] * 5, "IF(B7=&quot;&amp;&quot;,1,2)"),
        (['<f t="array" ref="K{0}">F{0}</f>'] * 5, None),
        ([*['<f t="dataTable" ref="K{0}" r1="A1"/>'] * 5], None),
    ],
)
def test_a_formula_most_rows_hold_is_filled_down(
    tmp_path: Path, formulas: list[str], filled: str | None
) -> None:
    rows = beside("K", *(one.format(number) for number, one in enumerate(formulas, 2)))
    number = len(formulas) + 2
    after = append(tmp_path, *rows)
    if filled is None:
        assert "<f" not in after
    else:
        assert f'<c r="K{number}" s="1"><f>{filled}</f></c>' in after


def test_shared_formulas_are_written_out(tmp_path: Path) -> None:
    group = [
        '<f t="shared" ref="K2:K7" si="4">F2+$G$1</f><v>1</v>',
        *['<f t="shared" si="4"/>'] * 5,
    ]
    assert "<f>F8+$G$1</f>" in append(tmp_path, *beside("K", *group))
    nobody = beside("K", *['<f t="shared" si="9"/>'] * 5)
    assert "<f" not in append(tmp_path, *nobody)


def test_spilling_formulas_are_left_alone(tmp_path: Path) -> None:
    rows = [data(number, f'<c r="K{number}" cm="1"><f>F{number}</f></c>') for number in range(2, 7)]
    assert "<f" not in append(tmp_path, *rows)


def test_every_one_of_many_new_rows_gets_its_own(tmp_path: Path) -> None:
    path = put(
        tmp_path, one_sheet(sheet(header(), *beside("K", *(f"<f>F{n}</f>" for n in range(2, 7)))))
    )
    plan = [new(f"KH-N{number}") for number in range(3)]
    assert write(tmp_path, *plan).result is Written.DONE
    once = path.read_bytes()
    assert [f"<f>F{number}</f>" in row_of(path, number) for number in (7, 8, 9)] == [True] * 3
    assert 'fullCalcOnLoad="1"' in part_of(path, "xl/workbook.xml")
    assert write(tmp_path, *plan).result is Written.DONE
    assert path.read_bytes() == once


def test_a_value_of_ours_wins_over_a_formula_in_our_column(tmp_path: Path) -> None:
    rows = beside("F", *(f"<f>G{number}*9</f>" for number in range(2, 7)))
    assert '<c r="F7" s="1"><v>12.5</v></c>' in append(tmp_path, *rows, amount=12.5)
    assert '<c r="F7" s="1"><f>G7*9</f></c>' in append(tmp_path, *rows)


def test_prepared_rows_below_keep_what_they_hold(tmp_path: Path) -> None:
    """A sheet with borders drawn in advance; somebody wrote beside the next row already."""
    rows = beside("K", *(f"<f>F{number}</f>" for number in range(2, 7)))
    empty = row(7, '<c r="A7" s="3"/>', '<c r="K7" s="3"/>')
    assert '<c r="K7" s="3"><f>F7</f></c>' in append(tmp_path, *rows, empty)
    noted = row(7, '<c r="A7" s="3"/>', number_cell("K7", 5, 3))
    assert number_cell("K7", 5, 3) in append(tmp_path, *rows, noted)


def test_old_rows_get_no_formula(tmp_path: Path) -> None:
    rows = beside("K", *["<f>F1</f>", "", *(f"<f>F{number}</f>" for number in range(4, 9))])
    path = put(tmp_path, one_sheet(sheet(header(), *rows)))
    assert write(tmp_path, old("KH-3", 3, name="李")).result is Written.DONE
    assert "<f" not in row_of(path, 3)


def test_no_formula_under_a_merged_cell(tmp_path: Path) -> None:
    rows = beside("K", *(f"<f>F{number}</f>" for number in range(2, 7)))
    merged = '<mergeCells><mergeCell ref="J7:K7"/></mergeCells>'
    assert "<f" not in append(tmp_path, *rows, after=merged)


# --- tables --------------------------------------------------------------------------------------

OWN = "小计"


def table(
    *rows: str, reference: str, formula: str = "[数量]*2", totals: str = "", more: str = ""
) -> bytes:
    """Return a workbook whose ledger is a table with a calculated column of people's own behind."""
    links = f'<Relationship Id="rId1" Type="{RELATIONS}/table" Target="../tables/table1.xml"/>'
    if more:
        links += f'<Relationship Id="rId2" Type="{RELATIONS}/table" Target="../tables/table2.xml"/>'
    content = parts({"客户档案": sheet(header(1, [*HEADERS, OWN]), *rows)})
    content["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f"<Relationships>{links}</Relationships>".encode()
    )
    names = "".join(f'<tableColumn id="{at}" name="{name}"/>' for at, name in enumerate(HEADERS, 1))
    names += f'<tableColumn id="10" name="{OWN}"><calculatedColumnFormula>{formula}'
    names += "</calculatedColumnFormula></tableColumn>"
    content["xl/tables/table1.xml"] = (
        f'<table id="1" ref="{reference}"{totals}><autoFilter ref="{reference}"/>'
        f'<tableColumns count="10">{names}</tableColumns></table>'
    ).encode()
    if more:
        content["xl/tables/table2.xml"] = f'<table id="2" ref="{more}"/>'.encode()
    return zipped(content)


def reference_of(path: Path) -> str:
    found = re.search(r'<table id="1" ref="([^"]*)"', part_of(path, "xl/tables/table1.xml"))
    assert found
    return found[1]


def test_a_calculated_column_is_always_filled(tmp_path: Path) -> None:
    path = put(tmp_path, table(data(2, number_cell("J2", 5)), reference="A1:J2"))
    assert write(tmp_path, new("KH-3"), new("KH-4")).result is Written.DONE
    assert '<c r="J4"><f>[数量]*2</f></c>' in row_of(path, 4)
    assert reference_of(path) == "A1:J4"
    assert 'fullCalcOnLoad="1"' in part_of(path, "xl/workbook.xml")


def test_a_calculated_column_with_plain_references_follows_the_row_above(tmp_path: Path) -> None:
    rows = [data(2, '<c r="J2"><f>G2*2</f></c>'), data(3, number_cell("J3", 5))]
    path = put(tmp_path, table(*rows, reference="A1:J3", formula="G2*2"))
    assert write(tmp_path, new("KH-4")).result is Written.DONE
    assert '<c r="J4"><f>G4*2</f></c>' in row_of(path, 4)
    put(tmp_path, table(data(2), reference="A1:J2", formula="G2*2"))
    assert write(tmp_path, new("KH-3")).result is Written.DONE
    assert "<f" not in row_of(path, 3)


def test_the_first_rows_of_an_empty_table(tmp_path: Path) -> None:
    """Excel's tables have a data row from the start; the table grows once that is used up."""
    path = put(tmp_path, table(row(2, '<c r="J2" s="1"><f>[数量]*2</f></c>'), reference="A1:J2"))
    assert write(tmp_path, new("KH-2"), new("KH-3"), new("KH-4")).result is Written.DONE
    assert reference_of(path) == "A1:J4"
    assert [part.count("<f>") for part in map(row_of, [path] * 3, (2, 3, 4))] == [1, 1, 1]


def test_an_unused_end_of_a_table_is_filled_before_it_grows(tmp_path: Path) -> None:
    path = put(tmp_path, table(data(2), reference="A1:J5"))
    assert write(tmp_path, new("KH-3")).result is Written.DONE
    assert reference_of(path) == "A1:J5"
    assert write(tmp_path, *(new(f"KH-{number}") for number in range(4, 8))).result is Written.DONE
    assert reference_of(path) == "A1:J7"


def test_a_totals_row_is_no_record_and_stays_where_it_is(tmp_path: Path) -> None:
    totals = row(4, text_cell("A4", "汇总"), '<c r="J4"><f>SUBTOTAL(109,J2:J3)</f></c>')
    path = put(tmp_path, table(data(2), totals, reference="A1:J4", totals=' totalsRowCount="1"'))
    assert [one.number for one in read_workbook(path, [FORM]).sheets["customers"].rows] == [2]
    assert write(tmp_path, new("KH-3")).result is Written.DONE
    assert row_of(path, 4) == totals
    assert reference_of(path) == "A1:J4"
    outcome = write(tmp_path, new("KH-4"), old("KH-2", 2, name="李"))
    assert outcome.placed == {("customers", "KH-2"): 2}
    assert outcome.unplaced == ()
    refused = write(tmp_path, new("KH-4", name="张"))
    assert refused.result is Written.FAILED
    assert "汇总行" in refused.problem


def test_a_table_does_not_grow_into_another(tmp_path: Path) -> None:
    path = put(tmp_path, table(data(2), reference="A1:J2", more="J4:J9"))
    outcome = write(tmp_path, new("KH-3", name="张"), new("KH-4", name="李"))
    assert outcome.placed == {("customers", "KH-3"): 3}
    assert ("customers", "KH-4", "name") in outcome.unplaced
    assert reference_of(path) == "A1:J3"


# --- cells that must be left alone hold up no other -----------------------------------------------


def blocked(folder: Path, *plan: RowWrite) -> WriteOutcome:
    rows = [data(2), data(3)]
    after = '<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="A6:C6"/></mergeCells>'
    put(folder, one_sheet(sheet(header(), *rows, after=after)))
    return write(folder, *plan)


def test_a_covered_cell_waits_alone(tmp_path: Path) -> None:
    outcome = blocked(
        tmp_path, old("KH-3", 3, name="李", phone="139"), old("KH-2", 2, name="王"), new("KH-4")
    )
    assert outcome.result is Written.DONE
    assert set(outcome.placed) == {("customers", f"KH-{number}") for number in (2, 3, 4)}
    assert outcome.unplaced == (("customers", "KH-3", "name"),)
    again = write(tmp_path, old("KH-3", 3, name="李"))
    assert again.result is Written.FAILED
    assert "B3 格被合并单元格盖住" in again.problem


def test_a_text_too_long_waits_alone(tmp_path: Path) -> None:
    outcome = blocked(tmp_path, new("KH-5", name="字" * 32_768, phone="139"))
    assert outcome.result is Written.DONE
    assert outcome.unplaced == (("customers", "KH-5", "name"),)


def test_a_ledger_that_cannot_be_written_does_not_hold_up_another(tmp_path: Path) -> None:
    calls = small_form("calls", "拨打记录", ["拨打编号", "结果"])
    shut = sheet(header(1, ["拨打编号", "结果"]), after='<sheetProtection sheet="1"/>')
    put(tmp_path, zipped(parts({"拨打": shut, "客户档案": sheet(header())})))
    plan = [RowWrite("calls", "BD-1", None, {"column1": "成功"}), new("KH-1", name="王")]
    outcome = write(tmp_path, *plan, forms=[FORM, calls])
    assert outcome.result is Written.DONE
    assert outcome.placed == {("customers", "KH-1"): 2}
    assert outcome.unplaced == (("calls", "BD-1", "column1"),)
    again = write(tmp_path, plan[0], forms=[FORM, calls])
    assert "撤销工作表保护" in again.problem
