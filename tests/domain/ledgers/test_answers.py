import pytest

from storedesk.domain.ledgers.answers import QuestionAnswer
from storedesk.domain.records import Record


@pytest.mark.parametrize(
    ("value", "score"), [("5", 5), ("10", 10), ("0", 0), ("是", None), ("", None), ("4.5", None)]
)
def test_only_whole_numbers_are_scores(value: str, score: int | None) -> None:
    assert QuestionAnswer(Record("answers", "DA-1", {"value": value})).score == score
