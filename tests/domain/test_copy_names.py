from __future__ import annotations

import pytest

from storedesk.domain.copy_names import copy_name

BOOKS = ("客户档案.xlsx", "客诉台账.xlsx", "回访台账.xlsx", "回访台账2.xlsx")


@pytest.mark.parametrize(
    "name",
    [
        "客诉台账 (冲突副本 2026-11-20).xlsx",
        "客诉台账(冲突副本).xlsx",
        "客诉台账-冲突.xlsx",
        "客诉台账-冲突-王芳.xlsx",
        "客诉台账-NSConflict.xlsx",
        "客诉台账-DESKTOP-AB12.xlsx",
        "客诉台账-LAPTOP-7Q3K9PLM-2.xlsx",
        "客诉台账 (SHOP-PC's conflicted copy 2024-01-31).xlsx",
        "客诉台账.sync-conflict-20240131-101500-ABCDEFG.xlsx",
        "客诉台账 (Case Conflict).XLSX",
        "客诉台账-SHOPPC.xlsx",
        "客诉台账-shoppc-3.xlsx",
    ],
)
def test_names_that_only_a_sync_client_gives(name: str) -> None:
    found = copy_name(name, BOOKS, "SHOPPC")
    assert found is not None
    assert (found.workbook, found.is_conflict) == ("客诉台账.xlsx", True)


@pytest.mark.parametrize(
    "name",
    [
        "客诉台账 2025年归档.xlsx",
        "客诉台账 - 副本.xlsx",
        "客诉台账-副本.xlsx",
        "客诉台账(1).xlsx",
        "客诉台账 (2).xlsx",
        "客诉台账-总部.xlsx",
        "客诉台账-SHOPPC2.xlsx",
        "客诉台账DESKTOP-AB12.xlsx",
    ],
)
def test_names_a_person_may_have_given(name: str) -> None:
    found = copy_name(name, BOOKS, "SHOPPC")
    assert found is not None
    assert (found.workbook, found.is_conflict) == ("客诉台账.xlsx", False)


@pytest.mark.parametrize(
    "name",
    [
        "客诉台账.xlsx",
        "~$客诉台账.xlsx",
        ".~lock.客诉台账.xlsx#",
        ".storedesk-客诉台账.xlsx.x.tmp",
        "客诉台账 (冲突副本).pdf",
        "冲突.xlsx",
        "报价.xlsx",
    ],
)
def test_other_files(name: str) -> None:
    assert copy_name(name, BOOKS, "SHOPPC") is None


def test_the_longest_name_wins() -> None:
    found = copy_name("回访台账2-冲突.xlsx", BOOKS)
    assert found is not None
    assert found.workbook == "回访台账2.xlsx"
    assert copy_name("客诉台账-.xlsx", BOOKS, "") is not None
