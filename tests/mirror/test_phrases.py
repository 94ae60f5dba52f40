"""What is indexed and what is asked: any part of a field is found, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storedesk.domain.values import half_width
from storedesk.mirror.phrases import BORDER, TOKENIZER, asked, indexed

ID = "KH-20261120-A003"
FIELDS = st.text(st.sampled_from("王国1138abA８Ｂé䶮\U0002ebf0-_ ；"), min_size=1, max_size=9)


def kept(text: str) -> str:
    """Return a text without signs; U+2EBF0 is a character this Python need not know yet."""
    plain = half_width(text).casefold()
    return "".join(one for one in plain if one.isalnum() or one == "\U0002ebf0")


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(":memory:") as db:
        db.execute(f"CREATE VIRTUAL TABLE search USING fts5(text, tokenize='{TOKENIZER}')")
        yield db
    db.close()


def finds(index: sqlite3.Connection, word: str, fields: list[str], record_id: str = ID) -> bool:
    index.execute("DELETE FROM search")
    index.execute("INSERT INTO search VALUES (?)", (indexed(record_id, fields),))
    found = index.execute("SELECT count(*) FROM search WHERE search MATCH ?", (asked(word),))
    return bool(found.fetchone()[0])


@given(st.lists(FIELDS, max_size=3), FIELDS)
def test_a_word_is_found_if_and_only_if_a_field_contains_it(
    index: sqlite3.Connection, fields: list[str], word: str
) -> None:
    """The last part of the id is a field too."""
    assume(kept(word))
    contained = any(kept(word) in kept(field) for field in [*fields, "A003"])

    assert finds(index, word, fields) is contained


@given(st.data(), st.lists(FIELDS, min_size=1, max_size=3))
def test_every_part_of_every_field_is_found(
    index: sqlite3.Connection, data: st.DataObject, fields: list[str]
) -> None:
    field = data.draw(st.sampled_from(fields))
    first = data.draw(st.integers(0, len(field)))
    last = data.draw(st.integers(first, len(field)))
    assume(kept(field[first:last]))

    assert finds(index, field[first:last], fields)


@pytest.mark.parametrize(
    "word",
    [
        "3456",
        "138",
        "0034",
        "13800003456",
        "１３８",
        "建国",
        "王",
        "学府花园3幢501",
        "幢5",
        "3幢",
        "室",
        "鲁a12345",
        "a123",
        "45B",
        "12345b",
        ID,
        "kh20261120a003",
        "KH-20261120",
        "A003",
    ],
)
def test_people_find_a_record_by(index: sqlite3.Connection, word: str) -> None:
    assert finds(index, word, ["王建国", "13800003456", "学府花园3幢501室", "鲁A12345B"])


@pytest.mark.parametrize(
    "word",
    ["20261120", "3455", "国王", "国1380", "34567", "KH-20261121", "KH-20261120-A004", "1120"],
)
def test_people_do_not_find_it_by(index: sqlite3.Connection, word: str) -> None:
    """Its id's day would be found in every record of that day."""
    assert not finds(index, word, ["王建国", "13800003456"])


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_question_or_none(index: sqlite3.Connection, word: str) -> None:
    question = asked(word)

    if question:
        index.execute("SELECT count(*) FROM search WHERE search MATCH ?", (question,)).fetchone()


@pytest.mark.parametrize("word", ["", "-", "*", '"', "()", BORDER, "_", "。"])
def test_signs_alone_ask_nothing(word: str) -> None:
    assert asked(word) == ""
