"""The desk: one store's folder, opened. Every other operation takes a Desk first.

The folder holds the workbooks people know; the mirror lies in the user's local data folder, one per
desk and PC (design.md §5). One thread owns a Desk.
"""

from __future__ import annotations

import json
import logging
import socket
import uuid
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from storedesk import resources
from storedesk.domain.errors import (
    DeskMissing,
    DeskUnreadable,
    NotWritable,
    WorkbookError,
)
from storedesk.domain.forms import Form, Forms
from storedesk.domain.profiles import Profile
from storedesk.domain.questionnaires import Questionnaires
from storedesk.domain.settings import Settings
from storedesk.domain.values import text_of
from storedesk.mirror import LOST, Mirror
from storedesk.mirror.letters import claim_letter
from storedesk.operations.clock import Clock, clock_from_environment
from storedesk.operations.settings import load_settings
from storedesk.workbooks import disk, locks, reader

log = logging.getLogger(__name__)

SETTINGS_WORKBOOK = "门店设置.xlsx"
HISTORY = "历史"
FOLDERS = ("附件", "报表", "收件箱", "备份", HISTORY)
_IDENTITY = Path(HISTORY) / "desk.json"
_MADE_UP = 1 << 40
"""Bit of a network card's number that says Python made it up, another one every time."""


@dataclass
class Desk:
    """An opened desk folder.

    Attributes:
        folder: the store's folder with its workbooks.
        uuid: identity of the desk, also stamped into every workbook.
        pc: letter of this PC in ids.
        profile: furniture, appliance or auto.
        settings: what 门店设置.xlsx says; read anew by ``reload_settings``.
        tidied: what killed writes left in the folder has been removed since it was opened.
    """

    folder: Path
    uuid: str
    pc: str
    forms: Forms
    questionnaires: Questionnaires
    profile: Profile
    mirror: Mirror
    clock: Clock
    settings: Settings
    tidied: bool = False

    def path(self, workbook: str) -> Path:
        """Return where a workbook of this desk lies."""
        return self.folder / workbook

    def sheets_of(self, workbook: str) -> tuple[Form, ...]:
        """Return the forms of a workbook's sheets, without those such a store does not have."""
        hidden = self.profile.hidden
        return tuple(f for f in self.forms.of_workbook(workbook) if f.ledger not in hidden)

    def reload_settings(self) -> None:
        """Read the settings anew, after 门店设置 changed."""
        self.settings = load_settings(self.mirror, self.profile)

    def close(self) -> None:
        """Close the mirror; nothing acknowledged is lost by not calling it."""
        self.mirror.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_desk(folder: Path, *, clock: Clock | None = None) -> Desk:
    """Open a desk folder.

    Workbooks are not read here: ``syncing.sync`` does that.

    Raises:
        DeskMissing: the folder is no desk.
        DeskUnreadable: the disk, the network or missing rights keep from reading it.
        NotWritable, DiskFull: the desk's folder or that of the mirror cannot be written.
    """
    folder = folder.absolute()
    try:
        return _open(folder, clock)
    except OSError as error:
        raise _unreadable(error, folder) from error


def _open(folder: Path, clock: Clock | None) -> Desk:
    if not _is_there(folder / SETTINGS_WORKBOOK) and not _is_there(folder / _IDENTITY):
        raise DeskMissing(str(folder))
    identity = read_identity(folder)
    mirror = Mirror.open(
        mirror_path(folder, identity.uuid),
        resources.load_forms(folder),
        resources.forms_hash(folder),
    )
    try:
        return _assemble(folder, identity, mirror, clock or clock_from_environment())
    except BaseException:
        mirror.close()
        raise


def _is_there(path: Path) -> bool:
    """Whether there is such a file; what keeps from knowing is no answer (``is_file`` has one)."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _unreadable(error: OSError, asked: Path) -> DeskUnreadable:
    return DeskUnreadable(str(error.filename or asked), disk.in_words(error))


def _assemble(folder: Path, identity: Identity, mirror: Mirror, clock: Clock) -> Desk:
    profile = resources.load_profile(identity.profile, folder)
    pc = mirror.get_meta("pc")
    if not pc:
        pc = claim_letter(folder / HISTORY, machine_id(), machine_place())
        # The letter last: it says that all of this is done.
        mirror.continue_history(folder / HISTORY, pc)
        mirror.note_lost()
        mirror.set_meta("pc", pc)
    if mirror.get_meta(LOST):
        mirror.continue_numbers(folder / HISTORY, pc)
    return Desk(
        folder=folder,
        uuid=identity.uuid,
        pc=pc,
        forms=mirror.forms,
        questionnaires=resources.load_questionnaires(folder),
        profile=profile,
        mirror=mirror,
        clock=clock,
        settings=load_settings(mirror, profile),
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """What names a desk for ever: its UUID and the profile it was made with."""

    uuid: str
    profile: str


def read_identity(folder: Path) -> Identity:
    """Return the desk's identity; if ``历史`` was lost, 门店设置.xlsx has it (promise 4).

    Raises:
        DeskUnreadable: it is there and cannot be read: another one must not take its place.
    """
    path = folder / _IDENTITY
    try:
        found = json.loads(path.read_bytes())
        return Identity(str(found["desk"]), str(found["profile"]))
    except FileNotFoundError:
        log.warning("desk identity missing, taken from the settings workbook")
    except OSError as error:
        raise _unreadable(error, path) from error
    except (ValueError, KeyError, TypeError):
        log.warning("desk identity unreadable, taken from the settings workbook")
    return write_identity(folder, _stamped_identity(folder))


def _stamped_identity(folder: Path) -> Identity:
    """Read the stamp and the kind of store from the settings workbook."""
    form = resources.load_forms(folder)["store_info"]
    content = reader.read_workbook(folder / SETTINGS_WORKBOOK, (form,))
    told: set[str] = set()
    sheet = content.sheets.get(form.ledger)
    for row in sheet.rows if sheet else ():
        told |= {text_of(value) for value in row.values}
    profiles = (resources.load_profile(key, folder) for key in resources.profile_keys())
    found = next((profile.key for profile in profiles if profile.label in told), "furniture")
    return Identity(content.stamp.desk or str(uuid.uuid4()), found)


def write_identity(folder: Path, identity: Identity) -> Identity:
    """Write the identity into the desk folder and return it.

    Raises:
        NotWritable, DiskFull, FolderGone: as they say; what was there is as it was.
    """
    text = json.dumps({"desk": identity.uuid, "profile": identity.profile}, indent=1)
    _put(folder / _IDENTITY, text)
    return identity


def _put(path: Path, text: str) -> None:
    """Write one of our own small texts in one step, durably, making its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.put(path, [f"{text}\n".encode()], uuid.uuid4().hex[:8])
    except (OSError, WorkbookError) as error:
        raise NotWritable(str(path)) from error


def mirror_path(folder: Path, desk: str) -> Path:
    """Return where this PC keeps its mirror of a desk (a copied folder gets its own)."""
    place = sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    return resources.user_folder() / "desks" / f"{desk}-{place}" / "mirror.db"


def machine_id() -> str:
    """Return this PC's lasting random id, made at first use.

    Raises:
        NotWritable, DiskFull: it could not be kept.
    """
    path = resources.user_folder() / "machine-id"
    if found := _machine_id(path):
        return found
    with locks.own_turn(path):
        for left in disk.leftovers(path.parent, f"{path.name}."):
            disk.discard(left)  # of a program that was killed: it is our turn
        if not _machine_id(path):
            _put(path, uuid.uuid4().hex)
    return _machine_id(path)


def _machine_id(path: Path) -> str:
    """Return the id that is kept, empty if none is (or a power cut left nothing of it)."""
    try:
        return path.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def machine_place() -> str:
    """Return what tells this user's folder on this PC from any other, even when it was wiped.

    Host name, network card and path, hashed: clones of a disk share names, but no network card.
    Empty if there is no card to go by.
    """
    card = uuid.getnode()
    if card & _MADE_UP:
        return ""
    told = f"{socket.gethostname()}\n{card}\n{resources.user_folder().absolute()}"
    return sha256(told.encode()).hexdigest()[:32]
