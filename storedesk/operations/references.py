"""What a typed reference means: an id, or a unique phone or name (decision 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from storedesk.domain.forms import Form, Forms
from storedesk.domain.problems import Kind
from storedesk.domain.values import Type, Unreadable, canonical
from storedesk.mirror import Mirror
from storedesk.operations.rows import Resolved

_ID = re.compile(r"[A-Z]{2}-\d{8}(?:-\S+)?")
"""``KH-20261114-A003``; a day's report is ``RB-20261122``."""


@dataclass
class References:
    """Resolves references against the mirror, remembering what it found for this pass."""

    mirror: Mirror
    forms: Forms
    _seen: dict[tuple[str, str], Resolved] = field(default_factory=dict)

    def resolve(self, ledger: str, text: str) -> Resolved:
        """Return the id a text in a reference column means.

        An id of the right shape is taken as it is: what it points to may not have arrived yet
        (decision 15).
        """
        form = self.forms[ledger]
        if _ID.fullmatch(text) and text.split("-", 1)[0] == form.prefix:
            return Resolved(text)
        key = (ledger, text)
        if key not in self._seen:
            self._seen[key] = self._look_up(form, text)
        return self._seen[key]

    def _look_up(self, form: Form, text: str) -> Resolved:
        if self.mirror.exists(form.ledger, text):
            return Resolved(text)
        found: list[str] = []
        for column in form.columns:
            if column.type is Type.PHONE:
                try:
                    phone = canonical(text, Type.PHONE)
                except Unreadable:
                    continue
                found += self.mirror.find_by(form.ledger, column.key, phone)
        if not found and form.title:
            found = self.mirror.find_by(form.ledger, form.title, text)
        ids = list(dict.fromkeys(found))
        if len(ids) == 1:
            return Resolved(ids[0])
        if ids:
            what = f"「{text}」在「{form.label}」里有 {len(ids)} 条，分不清是哪一条"
            return Resolved(None, Kind.AMBIGUOUS_REFERENCE, what)
        return Resolved(None, Kind.UNKNOWN_REFERENCE, f"「{form.label}」里没有「{text}」")
