"""Keeping the name a person gave to a column: learned for this store instead of written back.

What is learned lies in ``forms/aliases.toml`` of the desk's folder, so every PC goes by it from its
next opening on; the workbook stays as it is.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storedesk import resources
from storedesk.domain import aliases
from storedesk.domain.errors import NotWritable, WorkbookError
from storedesk.domain.forms import Form, Forms
from storedesk.operations.repairing import Proposal
from storedesk.workbooks import disk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned.

    Attributes:
        told: what counts from now on, in sentences.
        refused: which names could not be kept, and why.
    """

    told: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def keep_names(folder: Path, forms: Forms, proposals: Iterable[Proposal]) -> Learned:
    """Keep the headers that stand where columns are proposed; files only.

    It counts once the desk is opened anew.

    Raises:
        NotWritable, DiskFull, FolderGone: nothing was learned.
        BadForm: the file with what was learned before cannot be read.
    """
    known = resources.load_aliases(folder)
    told: list[str] = []
    refused: list[str] = []
    for proposal in proposals:
        form = forms[proposal.ledger]
        for key, header in _headers(proposal).items():
            label = form[key].label
            why = _refusal(form, proposal, key, header)
            if why:
                refused.append(f"「{form.label}」的「{label}」：{why}，没有记下。")
                continue
            known = aliases.added(known, form.ledger, key, header)
            told.append(f"「{form.label}」里，「{header}」从现在起就是「{label}」。")
    if told:
        _put(folder / resources.ALIASES, aliases.as_toml(known))
        log.info("%d headers learned", len(told))
    return Learned(tuple(told), tuple(refused))


def _headers(proposal: Proposal) -> dict[str, str]:
    """Return the headers as they stand, by the key of the column that is meant."""
    standing = {choice.position: choice.header for choice in proposal.choices}
    return {key: standing.get(position, "") for key, position in proposal.proposed.items()}


def _refusal(form: Form, proposal: Proposal, key: str, header: str) -> str:
    if proposal.whole:
        return "整行表头都没有了，请用写回表头"
    return aliases.refusal(form, key, header)


def _put(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        disk.put(path, [text.encode()], uuid.uuid4().hex[:8])
    except (OSError, WorkbookError) as error:
        raise NotWritable(str(path)) from error
