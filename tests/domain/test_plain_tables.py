import pytest

from storedesk.domain.errors import StoreDeskError
from storedesk.domain.plain_tables import BadForm, names, number, only, tables, text, texts


def test_an_unknown_key_is_named_with_its_place() -> None:
    only({"key": 1}, frozenset({"key"}), "a.toml")
    with pytest.raises(BadForm, match=r"a\.toml: unknown key: colour, size"):
        only({"size": 1, "key": 1, "colour": 2}, frozenset({"key"}), "a.toml")


@pytest.mark.parametrize("table", [{}, {"label": ""}, {"label": 3}])
def test_a_text_must_be_there(table: dict[str, object]) -> None:
    with pytest.raises(BadForm, match=r"a\.toml: 'label' is missing"):
        text(table, "label", "a.toml")


@pytest.mark.parametrize("value", ["one", [1], ["one", None]])
def test_a_list_of_texts_holds_nothing_else(value: object) -> None:
    with pytest.raises(BadForm, match="'also' must be a list of texts"):
        texts({"also": value}, "also", "a.toml")


def test_what_is_missing_is_empty() -> None:
    assert texts({}, "also", "a.toml") == ()
    assert names({}, "roles", "a.toml") == {}
    assert number({}, "min") is None


@pytest.mark.parametrize("value", [["gm"], {"gm": 1}])
def test_a_table_of_texts_holds_nothing_else(value: object) -> None:
    with pytest.raises(BadForm, match="'roles' must be a table of texts"):
        names({"roles": value}, "roles", "a.toml")


@pytest.mark.parametrize("value", [3, "text", [1], [{"a": 1}, 2]])
def test_a_list_of_tables_holds_nothing_else(value: object) -> None:
    with pytest.raises(BadForm, match="a list of tables"):
        tables(value, "a.toml")


def test_people_read_what_to_do_about_a_bad_form() -> None:
    error = BadForm("a.toml: 'label' is missing")
    assert isinstance(error, StoreDeskError)
    assert "移走它就用回原来的表单" in str(error)
    assert "a.toml: 'label' is missing" in str(error)
