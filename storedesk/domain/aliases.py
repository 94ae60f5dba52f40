"""Further headers that people of one store gave to columns: learned once, understood from then on.

``forms/aliases.toml`` in the desk's folder, by ledger and column key; anybody may edit it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from storedesk.domain.forms import Form, Forms
from storedesk.domain.plain_tables import BadForm, Table, texts
from storedesk.domain.values import label_key

Aliases = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Headers by column key, by ledger."""

_HEAD = "# 本店表头的其他写法：[台账] 下面一行一列。店务台读表时，这些表头和原来的一样算。\n"


def aliases_from_table(table: Table, forms: Forms, source: str) -> Aliases:
    """Read a parsed TOML table.

    Raises:
        BadForm: it names a ledger or column that is not there, or a header that means another.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for ledger, columns in table.items():
        if ledger not in forms or not isinstance(columns, Mapping):
            raise BadForm(f"{source}: no such ledger: {ledger}")
        for key in columns:
            headers = texts(columns, key, f"{source} [{ledger}]")
            if key not in forms[ledger].by_key:
                raise BadForm(f"{source} [{ledger}]: no such column: {key}")
            for header in headers:
                if refusal(forms[ledger], key, header):
                    raise BadForm(f"{source} [{ledger}]: {key}: {header!r} means another column")
            found.setdefault(ledger, {})[key] = headers
    return found


def with_aliases(forms: Forms, aliases: Aliases) -> Forms:
    """Return the forms with further headers."""
    return Forms({form.ledger: _named(form, aliases.get(form.ledger, {})) for form in forms})


def added(aliases: Aliases, ledger: str, key: str, header: str) -> Aliases:
    """Return the aliases with one more header."""
    columns = aliases.get(ledger, {})
    headers = tuple(dict.fromkeys((*columns.get(key, ()), header)))
    return {**aliases, ledger: {**columns, key: headers}}


def refusal(form: Form, key: str, header: str) -> str:
    """Return why a header cannot mean a column, in Chinese; empty if it can."""
    if not label_key(header):
        return "这一列没有表头"
    meant = form.by_label.get(label_key(header))
    if meant is not None and meant.key != key:
        return f"「{header}」是「{meant.label}」这一列的名字"
    return ""


def as_toml(aliases: Aliases) -> str:
    """Return the text of the file."""
    blocks = [_HEAD]
    for ledger, columns in aliases.items():
        lines = [
            f"{key} = {json.dumps(list(headers), ensure_ascii=False)}"
            for key, headers in columns.items()
        ]
        blocks.append("\n".join((f"[{ledger}]", *lines, "")))
    return "\n".join(blocks)


def _named(form: Form, columns: Mapping[str, tuple[str, ...]]) -> Form:
    if not columns:
        return form
    named = tuple(
        replace(column, also=(*column.also, *columns.get(column.key, ())))
        for column in form.columns
    )
    return replace(form, columns=named)
