from __future__ import annotations

import inspect

import pytest

from storedesk.domain import errors, paper_errors
from storedesk.domain.errors import Refused, StoreDeskError, WorkbookError, WorkbookHeld
from storedesk.domain.problems import Kind, Problem

CLASSES = [
    found
    for module in (errors, paper_errors)
    for _, found in inspect.getmembers(module, inspect.isclass)
    if issubclass(found, StoreDeskError) and found.__module__ == module.__name__
]
OWN_SENTENCES = [found for found in CLASSES if "__init__" in vars(found)]


def arguments(found: type[StoreDeskError]) -> dict[str, object]:
    """Return something for each argument a class asks for."""
    given: dict[str, object] = {}
    for name, parameter in list(inspect.signature(found.__init__).parameters.items())[1:]:
        kind = str(parameter.annotation)
        given[name] = 7 if kind == "int" else f"某{name}"
    if found is Refused:
        given["problems"] = (Problem(Kind.MISSING_VALUE, "「电话」没有填", "请补上"),)
    return given


@pytest.mark.parametrize("found", OWN_SENTENCES, ids=lambda found: found.__name__)
def test_every_failure_says_a_sentence_that_names_what_it_was_given(
    found: type[StoreDeskError],
) -> None:
    given = arguments(found)
    sentence = str(found(**given))
    assert any("一" <= sign <= "鿿" for sign in sentence)
    for value in given.values():
        if isinstance(value, str | int):
            assert str(value) in sentence


def test_a_refusal_lists_every_reason() -> None:
    reasons = (Problem(Kind.MISSING_VALUE, "「电话」没有填"), Problem(Kind.BAD_VALUE, "日期不对"))
    refused = Refused(reasons)
    assert str(refused) == "没有保存：「电话」没有填；日期不对"
    assert refused.problems == reasons


def test_a_workbook_failure_names_the_file_and_what_to_do() -> None:
    assert str(WorkbookHeld("客诉台账.xlsx")) == (
        "《客诉台账.xlsx》正被别的程序打开。您照常登记：已存好，关掉表格后自动写入。"
    )
    failed = WorkbookError("客诉台账.xlsx", "缺少一个部件")
    assert str(failed).startswith("《客诉台账.xlsx》现在打不开（缺少一个部件）。")
    assert (failed.workbook, failed.detail) == ("客诉台账.xlsx", "缺少一个部件")


@pytest.mark.parametrize(
    "found",
    [one for one in CLASSES if issubclass(one, WorkbookError)],
    ids=lambda found: found.__name__,
)
def test_every_workbook_failure_has_a_reason_and_an_advice(found: type[WorkbookError]) -> None:
    sentence = str(found("x.xlsx"))
    assert sentence == f"《x.xlsx》{found.reason}。{found.advice}"
    assert found.advice.endswith("。")
