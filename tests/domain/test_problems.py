from __future__ import annotations

import pytest

from storedesk.domain.problems import Kind, Problem


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (Problem(Kind.RULE, "少了一列"), "少了一列"),
        (Problem(Kind.RULE, "少了一列", "请补上"), "少了一列。请补上"),
        (
            Problem(Kind.BAD_VALUE, "「昨天」不是日期", workbook="客户档案.xlsx"),
            "《客户档案.xlsx》：「昨天」不是日期",
        ),
        (
            Problem(
                Kind.BAD_VALUE,
                "「昨天」不是日期",
                "请写成 2026-11-22",
                workbook="客户档案.xlsx",
                sheet="购买记录",
                cell="F12",
            ),
            "《客户档案.xlsx》「购买记录」F12 格：「昨天」不是日期。请写成 2026-11-22",
        ),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(problem: Problem, sentence: str) -> None:
    assert problem.sentence() == sentence


def test_codes_for_scripts_are_the_names() -> None:
    assert [kind.value for kind in Kind] == [kind.name.lower() for kind in Kind]
