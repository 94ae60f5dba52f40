import pytest

from storedesk import resources
from storedesk.domain.forms import BadForm
from storedesk.domain.questionnaires import Answer, Questionnaire, questionnaire_from_table
from storedesk.domain.values import Type, canonical

SHIPPED = resources.load_questionnaires()
FOLLOWUPS = resources.load_forms()["followups"]
PROFILE = resources.load_profile("furniture")
every_questionnaire = pytest.mark.parametrize("asked", SHIPPED.values(), ids=lambda one: one.id)


@pytest.mark.parametrize("name", ["Q7-CAR", "Q3-CAR", "Q7-HOME", "Q3-HOME", "Q-CMP"])
def test_weights_make_a_hundred(name: str) -> None:
    assert sum(item.weight for item in SHIPPED[name].items) == 100


@every_questionnaire
def test_the_short_form_asks_the_same_four_things(asked: Questionnaire) -> None:
    """用着好吗 / 有没有没解决的 / 整体打几分 / 意见原话 (shop.md §2)."""
    items = [asked.item(number) for number in asked.short]
    assert [item.column for item in items[1:] if item] == ["solved", "overall", "opinion"]
    assert [item.answer for item in items if item] == [
        Answer.CHOICE,
        Answer.CHOICE,
        Answer.SCORE,
        Answer.TEXT,
    ]
    assert items[0] is not None
    assert items[0].trouble


@every_questionnaire
def test_answers_that_fill_a_column_mean_something_there(asked: Questionnaire) -> None:
    for item in asked.items:
        if not item.column:
            continue
        column = FOLLOWUPS[item.column]
        expected = {Answer.SCORE: Type.NUMBER, Answer.RECOMMEND: Type.NUMBER}
        assert column.type is expected.get(item.answer, column.type)
        for option in item.options:
            assert canonical(option, column.type) is not None
            assert not column.choices or option in PROFILE.lists[column.choices].values


@every_questionnaire
def test_the_first_option_is_the_untroubled_one(asked: Questionnaire) -> None:
    assert not [item.number for item in asked.items if item.trouble[:1] == item.options[:1] != ()]


@every_questionnaire
def test_every_call_ends_alike(asked: Questionnaire) -> None:
    """Common tail (domain.md §7)."""
    assert [item.column for item in asked.items[-4:]] == [
        "overall",
        "recommend",
        "expectation",
        "opinion",
    ]
    assert asked.opening.startswith("您好")
    assert not any(word in asked.opening for word in ("喂", "7DC", "3DC"))


def test_an_item_is_found_in_any_case() -> None:
    asked = SHIPPED["Q7-HOME"]
    assert asked.item("b4") is asked.item("B4")
    assert asked.item("Z9") is None


def table(*items: dict[str, object], **top: object) -> dict[str, object]:
    return {"id": "Q1", "title": "问", "version": "1", "item": list(items)} | top


SCORE: dict[str, object] = {"number": "B1", "title": "快不快", "answer": "score", "weight": 100}


def test_a_block_becomes_an_item() -> None:
    asked = questionnaire_from_table(
        table(
            SCORE,
            {
                "number": "A1",
                "title": "好吗",
                "answer": "choice",
                "options": ["好", "不好"],
                "trouble": ["不好"],
                "column": "solved",
            },
            short=["a1"],
            opening="您好",
            closing="谢谢",
        ),
        "Q1.toml",
    )
    assert [item.weight for item in asked.items] == [100, 0]
    assert asked.items[1].trouble == ("不好",)
    assert (asked.short, asked.opening, asked.closing) == (("a1",), "您好", "谢谢")


@pytest.mark.parametrize(
    ("items", "top", "what"),
    [
        ([SCORE], {"colour": 1}, r"Q1\.toml: unknown key: colour"),
        ([SCORE], {"title": ""}, "'title' is missing"),
        ([SCORE], {"short": ["B2"]}, "short names no such item: B2"),
        ([], {}, "no item"),
        ([SCORE, SCORE | {"number": "b1"}], {}, "two with one number"),
        ([SCORE | {"colour": 1}], {}, r"Q1\.toml B1: unknown key: colour"),
        ([SCORE | {"answer": "maybe"}], {}, "'maybe' is not a valid Answer"),
        ([SCORE | {"answer": ""}], {}, "B1: 'answer' is missing"),
        ([SCORE | {"options": ["好"]}], {}, "options belong to a choice"),
        ([SCORE | {"answer": "choice"}], {}, "options belong to a choice"),
        (
            [SCORE | {"answer": "choice", "options": ["好"], "trouble": ["坏"]}],
            {},
            "trouble is among them",
        ),
    ],
)
def test_a_questionnaire_that_says_what_it_cannot_say_is_refused(
    items: list[dict[str, object]], top: dict[str, object], what: str
) -> None:
    with pytest.raises(BadForm, match=what):
        questionnaire_from_table(table(*items, **top), "Q1.toml")
