"""Formulas moved to another row, against openpyxl's translator and by hand where it errs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from storedesk.workbooks.formulas import moved


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("A2+1", "A5+1"),
        ("$A2+A$2+$A$2", "$A5+A$2+$A$2"),
        ("SUM(B2:D2)", "SUM(B5:D5)"),
        ("SUM(B$2:B2)", "SUM(B$2:B5)"),
        ("SUM(2:2,$2:4)", "SUM(5:5,$2:7)"),
        ("SUM(B:B)", "SUM(B:B)"),
        ('IF(A2="A2","",A2&"""A2")', 'IF(A5="A2","",A5&"""A2")'),
        ("VLOOKUP(B2,'A2 客户''s'!$A$1:$C9,3,0)", "VLOOKUP(B5,'A2 客户''s'!$A$1:$C12,3,0)"),
        ("Sheet1!A2+客户!B2+[1]Sheet1!C2", "Sheet1!A5+客户!B5+[1]Sheet1!C5"),
        ("Table1[[#This Row],[A2]]*B2", "Table1[[#This Row],[A2]]*B5"),
        ("表1[A2]+表1[[#This Row],['[A2'] ''A3]]", "表1[A2]+表1[[#This Row],['[A2'] ''A3]]"),
        ("LOG10(A2)+ATAN2(A2,B2)", "LOG10(A5)+ATAN2(A5,B5)"),
        ("1E5+2.5E2+A2", "1E5+2.5E2+A5"),
        ("_xlfn.X2+税率2+A_2+A2.5", "_xlfn.X2+税率2+A_2+A2.5"),
        ("ZZZ2+A0+A9999999", "ZZZ2+A0+A9999999"),
        ('DATEDIF(D2,TODAY(),"d")', 'DATEDIF(D5,TODAY(),"d")'),
        ("#REF!+A2", "#REF!+A5"),
        ("A2%+-A2", "A5%+-A5"),
        ("INDEX(A:A,ROW(A2)):B2", "INDEX(A:A,ROW(A5)):B5"),
        ("_xlfn.ANCHORARRAY(A2)", "_xlfn.ANCHORARRAY(A5)"),
        ("{1,2;3,4}", "{1,2;3,4}"),
    ],
)
def test_by_hand(formula: str, after: str) -> None:
    assert moved(formula, 3) == after


def test_out_of_the_sheet() -> None:
    assert moved("A1048576", 1) is None
    assert moved("A1", -1) is None
    assert moved("5:1048576", 1) is None
    assert moved("A$1", -1) == "A$1"


dollar = st.sampled_from(["", "$"])
columns = st.sampled_from(["A", "B", "Z", "AA", "XFD"])
numbers = st.integers(20, 90_000)
cells = st.builds("{}{}{}{}".format, dollar, columns, dollar, numbers)
references = st.one_of(
    cells,
    st.builds("{}:{}".format, cells, cells),
    st.builds("{}{}:{}{}".format, dollar, numbers, dollar, numbers),
    st.builds("{}:{}".format, columns, columns),
    st.builds("{}!{}".format, st.sampled_from(["Sheet1", "'A1 b'", "客户"]), cells),
)
terms = st.one_of(
    references,
    st.sampled_from(['"A1 ""B2"""', "1.5", "TRUE", "T1[a]", "T1[[#This Row],[A1]]", "#N/A", "名"]),
)
formulas = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from(["+", "&", "<>", "^", ","]), inner),
        st.builds("{}({})".format, st.sampled_from(["SUM", "LOG10", "IF", "_xlfn.X2"]), inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=8,
)


@given(formulas, st.integers(-15, 900))
def test_as_openpyxl_does(formula: str, rows: int) -> None:
    wanted = Translator(f"={formula}", "A20").translate_formula(row_delta=rows, col_delta=0)
    assert moved(formula, rows) == wanted[1:]
