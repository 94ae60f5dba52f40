"""New workbooks: what people find when they open them, and that our own reader finds all of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from storedesk import resources
from storedesk.domain.errors import StoreDeskError
from storedesk.domain.forms import Form
from storedesk.domain.sheets import RowWrite, Stamp, Written
from storedesk.workbooks.blank import create_workbook
from storedesk.workbooks.finder import OPTIONS_SHEET
from storedesk.workbooks.reader import read_workbook
from tests.helpers.raw_workbooks import BOOK, FORM, part_of, small_form, write

CHOICES = {"等级": ["A", "B"], "员工": ["林晓", "=1+1"], "空的": []}
OTHER = small_form("calls", "拨打记录", ["拨打编号", "结果"])


def create(folder: Path, *forms: Form, **options: object) -> Path:
    path = folder / BOOK
    create_workbook(
        path,
        forms or (FORM, OTHER),
        desk="D-1",
        choices=CHOICES,
        store="幸福家具城",
        profile="furniture",
        **options,  # type: ignore[arg-type]  # passed through
    )
    return path


def opened(path: Path, sheet: str = "客户档案") -> Worksheet:
    return openpyxl.load_workbook(path)[sheet]


def test_our_reader_finds_everything(tmp_path: Path) -> None:
    content = read_workbook(create(tmp_path, generation="1.A.x"), [FORM, OTHER])
    assert content.stamp == Stamp("D-1", "1.A.x")
    assert not content.problems
    assert content.sheets["customers"].columns.keys() == {
        column.key for column in FORM.in_workbook()
    }
    assert content.sheets["calls"].rows == ()


@pytest.mark.parametrize("profile", resources.profile_keys())
def test_every_shipped_form_is_found_again(tmp_path: Path, profile: str) -> None:
    forms = resources.load_forms()
    lists = resources.load_profile(profile).lists
    for workbook in forms.workbooks():
        create_workbook(
            tmp_path / workbook,
            forms.of_workbook(workbook),
            desk="D-1",
            choices={name: listed.values for name, listed in lists.items()},
            store="幸福家具城",
            profile=profile,
        )
        content = read_workbook(tmp_path / workbook, forms.of_workbook(workbook))
        assert not content.problems
        assert len(content.sheets) == len(forms.of_workbook(workbook))


def test_the_sheet_is_ready_to_work_in(tmp_path: Path) -> None:
    sheet = opened(create(tmp_path))
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:I1"
    assert sheet.column_dimensions["C"].number_format == "@"
    assert sheet.column_dimensions["D"].number_format == "yyyy-mm-dd"
    assert sheet.tables == {}
    assert not sheet.protection.sheet
    assert sheet.column_dimensions["A"].hidden is False


def test_more_than_twenty_columns_are_folded(tmp_path: Path) -> None:
    wide = small_form("wide", "宽表", ["编号", *(f"列{number}" for number in range(30))])
    sheet = opened(create(tmp_path, wide), "宽表")
    hidden = [letter for letter, look in sheet.column_dimensions.items() if look.hidden]
    assert hidden[0] == "U"
    assert all(sheet.column_dimensions[letter].outlineLevel == 1 for letter in hidden)
    assert sheet.column_dimensions["AF"].collapsed


def test_validation_warns_and_never_blocks(tmp_path: Path) -> None:
    forms = resources.load_forms()
    path = tmp_path / "客户档案.xlsx"
    create_workbook(
        path,
        forms.of_workbook(path.name),
        desk="D-1",
        choices={"称呼": ["先生", "女士"], "员工": ["林晓"]},
        store="幸福家具城",
        profile="furniture",
    )
    rules = opened(path).data_validations.dataValidation
    assert rules
    assert {rule.errorStyle for rule in rules if rule.showErrorMessage} == {"warning"}
    lists = [rule.formula1 for rule in rules if rule.type == "list"]
    assert any(formula.startswith("OFFSET(选项!$A$2") for formula in lists)
    assert any(formula.startswith("OFFSET(选项!$B$2") for formula in lists)
    assert all(str(rule.sqref).endswith("1048576") for rule in rules)


def test_lists_stand_in_a_hidden_sheet(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(create(tmp_path))
    sheet = book[OPTIONS_SHEET]
    assert sheet.sheet_state == "hidden"
    assert book.sheetnames[-1] == OPTIONS_SHEET
    columns = [[cell.value for cell in column if cell.value] for column in sheet.columns]
    assert columns == [["等级", "A", "B"], ["员工", "林晓", "=1+1"]]
    assert {cell.data_type for column in sheet.columns for cell in column} <= {"s", "n"}


def test_phones_are_not_marked_as_wrong(tmp_path: Path) -> None:
    """Excel would put a green triangle into every cell with a phone number."""
    part = part_of(create(tmp_path, *resources.load_forms().of_workbook("客户档案.xlsx")))
    ignored = part.index('<ignoredError sqref="A2:SR1048576" numberStoredAsText="1"/>')
    assert part.index("<pageSetup") < ignored < part.index("<legacyDrawing")


def test_first_rows(tmp_path: Path) -> None:
    rows = {
        "customers": [
            {"id": "KH-1", "name": "=1+1", "born_on": date(2026, 11, 22), "agreed": False},
            {"id": "KH-2", "amount": 12.5},
        ]
    }
    path = create(tmp_path, rows=rows)
    content = read_workbook(path, [FORM, OTHER]).sheets["customers"]
    assert [row.values for row in content.rows] == [
        ("KH-1", "=1+1", None, date(2026, 11, 22), None, None, None, "否"),
        ("KH-2", None, None, None, None, 12.5),
    ]
    assert not any(row.formulas for row in content.rows)
    assert opened(path).auto_filter.ref == "A1:I3"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    create(tmp_path)
    before = (tmp_path / BOOK).read_bytes()
    with pytest.raises(StoreDeskError, match="没有改动它"):
        create(tmp_path)
    assert (tmp_path / BOOK).read_bytes() == before


def test_the_program_writes_into_it_without_touching_formats(tmp_path: Path) -> None:
    path = create(tmp_path)
    styles = part_of(path, "xl/styles.xml")
    row = RowWrite(
        "customers",
        "KH-1",
        None,
        {"phone": "13812345678", "born_on": date(2026, 11, 22), "amount": 12.5, "count": 3},
    )
    assert write(tmp_path, row, forms=[FORM, OTHER]).result is Written.DONE
    assert part_of(path, "xl/styles.xml") == styles
    sheet = opened(path)
    assert sheet["C2"].number_format == "@"
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet["F2"].number_format == "0.00"
    assert sheet.auto_filter.ref == "A1:I2"
