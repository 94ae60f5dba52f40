"""Founding a desk: the folder, its workbooks, and what 门店设置 starts with."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from storedesk import resources
from storedesk.domain.errors import DiskFull, Misuse, NotWritable
from storedesk.domain.forms import Forms
from storedesk.domain.profiles import ChoiceList, Profile
from storedesk.domain.settings import STAND_IN
from storedesk.domain.values import Value
from storedesk.operations import keys, syncing
from storedesk.operations.clock import Clock
from storedesk.operations.desk import (
    FOLDERS,
    SETTINGS_WORKBOOK,
    Desk,
    Identity,
    open_desk,
    write_identity,
)
from storedesk.workbooks.options import STAFF_LIST

Rows = Mapping[str, Sequence[Mapping[str, Value]]]


def init_desk(folder: Path, profile_key: str, store: str, *, clock: Clock | None = None) -> Desk:
    """Make a desk folder with its workbooks and open it.

    Args:
        folder: a new or empty folder; the workbooks' names must be free.
        profile_key: ``furniture``, ``appliance`` or ``auto``.
        store: name of the store.
        clock: clock of the desk.

    Raises:
        Misuse: unknown profile, no name, or a workbook of that name is already there.
        NotWritable, DiskFull: the folder cannot be written.
    """
    if profile_key not in resources.profile_keys():
        raise Misuse(
            f"没有「{profile_key}」这种门店，可选：{'、'.join(resources.profile_keys())}。"
        )
    if not store.strip():
        raise Misuse("请写上门店名称。")
    folder = folder.absolute()
    forms = resources.load_forms(folder)
    profile = resources.load_profile(profile_key, folder)
    for workbook in forms.workbooks():
        if (folder / workbook).exists():
            raise Misuse(f"「{folder}」里已经有《{workbook}》，没有改动它。请换一个空文件夹。")
    desk = str(uuid.uuid4())
    fresh = not folder.exists()
    try:
        _make_folders(folder)
        _create_workbooks(folder, forms, profile, store.strip(), desk)
        write_identity(folder, Identity(desk, profile_key))
    except BaseException:
        _clear_away(folder, forms, whole=fresh)
        raise
    opened = open_desk(folder, clock=clock)
    syncing.sync(opened)
    keys.trial_root(opened)
    return opened


def _make_folders(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
    except OSError as error:
        raise NotWritable(str(folder)) from error


def _clear_away(folder: Path, forms: Forms, *, whole: bool) -> None:
    """Leave nothing half-made behind: only what was made here is removed."""
    if whole:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for workbook in forms.workbooks():
        (folder / workbook).unlink(missing_ok=True)


def _create_workbooks(folder: Path, forms: Forms, profile: Profile, store: str, desk: str) -> None:
    # openpyxl takes a third of a command's start, and only new workbooks need it.
    from storedesk.workbooks import blank  # noqa: PLC0415

    choices = {name: listed.values for name, listed in profile.lists.items()}
    choices[STAFF_LIST] = (STAND_IN,)
    rows = first_rows(profile, store)
    try:
        for workbook in forms.workbooks():
            blank.create_workbook(
                folder / workbook,
                [f for f in forms.of_workbook(workbook) if f.ledger not in profile.hidden],
                desk=desk,
                choices=choices,
                store=store,
                profile=profile.key,
                rows=rows if workbook == SETTINGS_WORKBOOK else {},
            )
    except PermissionError as error:
        raise NotWritable(str(folder)) from error
    except OSError as error:
        raise DiskFull(str(folder)) from error


def first_rows(profile: Profile, store: str) -> Rows:
    """Return the rows 门店设置.xlsx starts with, by ledger.

    One member of staff stands in, so that the desk can be used before people are entered.
    """
    store_info = {"门店名称": store, "业态": profile.label, **profile.store}
    return {
        "store_info": [
            {"id": f"MD-{number:03d}", "name": name, "value": value}
            for number, (name, value) in enumerate(store_info.items(), 1)
        ],
        "staff": [
            {
                "id": "YG-001",
                "name": STAND_IN,
                "roles": profile.roles["caller"],
                "status": "在职",
                "remark": "代用，请改成同事的真名",
            }
        ],
        "followup_rules": list(profile.rules),
        "choices": [
            {
                "id": f"ZD-{number:04d}",
                "list": name,
                "value": value,
                "sequence": sequence,
                "active": True,
                "is_default": value == listed.default,
            }
            for number, (name, sequence, value, listed) in enumerate(_choice_rows(profile), 1)
        ],
    }


def _choice_rows(profile: Profile) -> list[tuple[str, int, str, ChoiceList]]:
    return [
        (name, sequence, value, listed)
        for name, listed in profile.lists.items()
        for sequence, value in enumerate(listed.values, 1)
    ]
