"""The one way anything changes: check, save durably in one transaction, say what was saved.

When ``write`` returns, the entry survives a power cut (promise 1). The workbooks follow later, in
``syncing``.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from storedesk.domain.changes import Change, Edit, Operation, Source
from storedesk.domain.errors import Misuse, Refused
from storedesk.domain.problems import Problem
from storedesk.domain.rules import checks
from storedesk.domain.values import Value
from storedesk.operations import planning
from storedesk.operations.desk import SETTINGS_WORKBOOK, Desk

log = logging.getLogger(__name__)


def write(  # who, when, whence and why belong to every change
    desk: Desk,
    edits: Sequence[Edit],
    *,
    by: str,
    note: str,
    source: Source = Source.DESK,
    at: datetime | None = None,
    batch: str = "",
) -> Change:
    """Check the edits, save them in one transaction with the follow-ups they cause.

    Args:
        desk: the desk.
        edits: what changes; columns set by the program (``updated_at`` …) are added here.
        by: name of the member of staff who acts.
        note: what is done, in English, without personal data.
        source: where the change comes from.
        at: moment of the operation; now by default.
        batch: id of the import it belongs to, so that the import can be undone.

    Raises:
        Refused: an entry would be meaningless; nothing is saved.
        DiskFull: no room; nothing is saved.
    """
    moment = at or desk.clock.now()
    remarks = _checked(desk, edits)
    stamped = tuple(_signed(desk, edit, by, moment) for edit in edits)
    operation = Operation(new_operation_id(moment), moment, by, stamped, source, note, batch)
    with desk.mirror.transaction():
        desk.mirror.apply(operation)
        caused = planning.follow_events(desk, operation)
    if any(desk.forms[edit.ledger].workbook == SETTINGS_WORKBOOK for edit in edits):
        desk.reload_settings()
    log.info("%s: %d records, %d caused", note, len(edits), len(caused))
    return Change(operation.id, touched([*stamped, *caused]), remarks)


def actor(desk: Desk, name: str = "") -> str:
    """Return the name of the member of staff who acts (decision 24).

    Raises:
        Misuse: nobody is named and there is no single active 客服.
        Refused: the name is not in 员工, or two people have it.
    """
    if not name:
        found = desk.settings.default_actor()
        if found is None:
            raise Misuse("请说明是谁在登记：加上 --by 姓名，或设置 STOREDESK_USER。")
        return found.name
    people = [person for person in desk.settings.staff if person.name == name and person.active]
    if len(people) == 1:
        return name
    if people:
        raise Refused((checks.ambiguous_staff(name, len(people)),))
    raise Refused((checks.unknown_staff(name, desk.settings),))


def touched(edits: Iterable[Edit]) -> dict[str, tuple[str, ...]]:
    """Return the record ids of some edits by ledger, in order of first touch."""
    found: dict[str, dict[str, None]] = {}
    for edit in edits:
        found.setdefault(edit.ledger, {})[edit.record] = None
    return {ledger: tuple(ids) for ledger, ids in found.items()}


def new_operation_id(moment: datetime) -> str:
    """Return a unique id that sorts by time."""
    return f"{moment:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:12]}"


def _checked(desk: Desk, edits: Sequence[Edit]) -> tuple[Problem, ...]:
    refusals: list[Problem] = []
    remarks: list[Problem] = []
    for edit in edits:
        form = desk.forms[edit.ledger]
        before = None if edit.new else desk.mirror.get(edit.ledger, edit.record)
        values = edit.values if before is None else before.with_values(edit.values).values
        verdict = checks.check(form, values, desk.settings, changed=frozenset(edit.values))
        refusals += verdict.refusals
        remarks += verdict.remarks
    if refusals:
        raise Refused(tuple(refusals))
    return tuple(remarks)


def _signed(desk: Desk, edit: Edit, by: str, moment: datetime) -> Edit:
    """Add who and when, where the form has a place for it."""
    form = desk.forms[edit.ledger]
    minute = moment.replace(second=0, microsecond=0)
    tail: dict[str, Value] = (
        {"created_by": by, "created_at": minute}
        if edit.new
        else {"updated_by": by, "updated_at": minute}
    )
    known = {key: value for key, value in tail.items() if key in form.by_key}
    return Edit(edit.ledger, edit.record, {**known, **edit.values}, new=edit.new)
