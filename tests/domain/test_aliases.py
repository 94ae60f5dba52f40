from __future__ import annotations

import tomllib

import pytest

from storedesk import resources
from storedesk.domain.aliases import added, aliases_from_table, as_toml, refusal, with_aliases
from storedesk.domain.forms import BadForm

FORMS = resources.load_forms()
CUSTOMERS = FORMS["customers"]


def test_what_is_learned_is_written_and_read_again() -> None:
    learned = added({}, "customers", "phone", '打"这个"\\')
    learned = added(learned, "customers", "phone", "找他")
    learned = added(learned, "customers", "phone", "找他")
    learned = added(learned, "parts", "name", "啥")
    told = aliases_from_table(tomllib.loads(as_toml(learned)), FORMS, "aliases.toml")
    assert told == learned
    assert told["customers"]["phone"] == ('打"这个"\\', "找他")
    named = with_aliases(FORMS, told)["customers"]
    assert named.by_label["找他"].key == "phone"
    assert named["phone"].label == CUSTOMERS["phone"].label
    assert named["phone"].also[: len(CUSTOMERS["phone"].also)] == CUSTOMERS["phone"].also
    assert with_aliases(FORMS, {})["customers"] == CUSTOMERS


def test_a_name_of_another_column_is_refused() -> None:
    assert refusal(CUSTOMERS, "phone", "地址") == "「地址」是「地址」这一列的名字"
    assert "地址" in refusal(CUSTOMERS, "phone", "住址")
    assert refusal(CUSTOMERS, "phone", " ") == "这一列没有表头"
    assert refusal(CUSTOMERS, "phone", "打这个") == ""
    assert refusal(CUSTOMERS, "phone", "联系电话") == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[gifts]\nname = []", "no such ledger: gifts"),
        ("customers = 3", "no such ledger: customers"),
        ("[customers]\nfone = ['打']", "no such column: fone"),
        ("[customers]\nphone = '打'", "must be a list of texts"),
        ("[customers]\nphone = ['地址']", "means another column"),
    ],
)
def test_a_file_that_says_what_it_cannot_is_named(text: str, told: str) -> None:
    with pytest.raises(BadForm, match=told):
        aliases_from_table(tomllib.loads(text), FORMS, "aliases.toml")
