"""Profiles: what kind of store it is, and what such a store starts with.

A profile is read from ``forms/profiles/`` by ``resources`` and built here from the plain tables.
``init`` writes its lists, rules and settings into 门店设置.xlsx; from then on the cells count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storedesk.domain.plain_tables import BadForm, Table, names, only, tables, text, texts
from storedesk.domain.values import Value

_EVERY_STORE_KEYS = frozenset({"store", "lists", "rule"})
_PROFILE_KEYS = frozenset(
    {"key", "label", "biz_type", "hidden", "rules_on", "roles", "lists", "store"}
)
_RULE_TEXTS = ("id", "label", "trade_name", "trigger_word", "unit", "questionnaire", "note")
_RULE_DAYS = ("from_days", "due_days", "last_days")
_RULE_KEYS = frozenset({*_RULE_TEXTS, *_RULE_DAYS, "responsible", "profiles"})
_ROLES_LIST = "岗位"


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """The values of one choice list, and the one a new record gets (empty if none)."""

    values: tuple[str, ...]
    default: str = ""


@dataclass(frozen=True)
class Profile:
    """A kind of store.

    Attributes:
        key: ``furniture``, ``appliance`` or ``auto``.
        label: what people call it, such as 家具店.
        biz_type: its trade as purchases write it, such as 家具.
        roles: what such a store calls each role, by role key; ``caller``, ``manager`` and ``gm``
            sign the daily report in this order (domain.md §3.3).
        lists: choice lists by the Chinese name that columns refer to.
        rules: rows of the ledger ``followup_rules``, by column key and with ``id``.
        store: first rows of the ledger ``store_info``, 项目 to 内容.
        hidden: ledgers that such a store does not have.
    """

    key: str
    label: str
    biz_type: str
    roles: Mapping[str, str]
    lists: Mapping[str, ChoiceList]
    rules: tuple[Mapping[str, Value], ...]
    store: Mapping[str, str]
    hidden: tuple[str, ...] = ()


def profile_from_tables(every_store: Table, own: Table, source: str) -> Profile:
    """Build a profile from two parsed TOML tables.

    Args:
        every_store: what all stores start with: ``store``, ``lists``, ``rule``.
        own: the store's file; its lists and settings replace those of the same name.
        source: file name, for messages.

    Raises:
        BadForm: an unknown key, a missing one, or a name that refers to nothing.
    """
    only(every_store, _EVERY_STORE_KEYS, "every_store.toml")
    only(own, _PROFILE_KEYS, source)
    key = text(own, "key", source)
    roles = names(own, "roles", source)
    lists = {**_lists(every_store, "every_store.toml"), **_lists(own, source)}
    lists[_ROLES_LIST] = ChoiceList(tuple(dict.fromkeys(roles.values())))
    return Profile(
        key=key,
        label=text(own, "label", source),
        biz_type=text(own, "biz_type", source),
        roles=MappingProxyType(roles),
        lists=MappingProxyType(lists),
        rules=_rules(every_store, own, key, roles),
        store=MappingProxyType(
            {**names(every_store, "store", "every_store.toml"), **names(own, "store", source)}
        ),
        hidden=texts(own, "hidden", source),
    )


def _rules(
    every_store: Table, own: Table, key: str, roles: Mapping[str, str]
) -> tuple[Mapping[str, Value], ...]:
    """Return the rules such a store has, each on or off as its file says."""
    source = f"{key}.toml"
    switched_on = texts(own, "rules_on", source)
    entries = tables(every_store.get("rule", []), "every_store.toml")
    rules = [_rule(entry, roles, switched_on) for entry in entries if _is_for(entry, key)]
    unknown = set(switched_on) - {str(rule["id"]) for rule in rules}
    if unknown:
        raise BadForm(f"{source}: no such rule: {', '.join(sorted(unknown))}")
    return tuple(rules)


def _is_for(entry: Table, key: str) -> bool:
    named = texts(entry, "profiles", "every_store.toml")
    return not named or key in named


def _rule(entry: Table, roles: Mapping[str, str], switched_on: tuple[str, ...]) -> dict[str, Value]:
    rule_id = text(entry, "id", "every_store.toml [[rule]]")
    source = f"every_store.toml {rule_id}"
    only(entry, _RULE_KEYS, source)
    row: dict[str, Value] = {key: text(entry, key, source) for key in _RULE_TEXTS if key in entry}
    for key in _RULE_DAYS:
        days = entry.get(key)
        if isinstance(days, int):
            row[key] = days
        elif days is not None:
            raise BadForm(f"{source}: {key!r} must be a whole number of days")
    role = text(entry, "responsible", source)
    if role not in roles:
        raise BadForm(f"{source}: no such role: {role}")
    return {**row, "responsible": roles[role], "active": rule_id in switched_on}


def _lists(table: Table, source: str) -> dict[str, ChoiceList]:
    found = table.get("lists", {})
    if not isinstance(found, Mapping):
        raise BadForm(f"{source}: 'lists' must be a table")
    return {str(name): _choice_list(found, str(name), source) for name in found}


def _choice_list(table: Table, name: str, source: str) -> ChoiceList:
    written = texts(table, name, source)
    starred = [value.removesuffix("*") for value in written if value.endswith("*")]
    values = tuple(value.removesuffix("*") for value in written)
    if not values or len(starred) > 1 or len(set(values)) != len(values):
        raise BadForm(f"{source}: list {name!r} is empty, has a value twice or two stars")
    return ChoiceList(values, *starred)
