"""The letter of a PC in the ids it mints (decision 11)."""

from __future__ import annotations

import json
import os
from pathlib import Path

from storedesk.domain.errors import NotWritable
from storedesk.durable import sync_folder

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like digits."""


def claim_letter(folder: Path, machine: str, place: str = "") -> str:
    """Return this machine's letter, claiming the first free one by creating its file exclusively.

    Args:
        folder: of the history files.
        machine: this PC's lasting random id.
        place: what stays the same when that id is lost with the user's folder, or empty; a letter
            claimed from the same place goes on, and with it what was entered under it.

    Raises:
        NotWritable: the folder cannot be written, or all letters are taken.
    """
    for letter in LETTERS:
        path = folder / f"PC-{letter}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _claim(path, {"machine": machine} | ({"place": place} if place else {}))
        except FileExistsError:
            if _told(path, "machine") == machine or (place and _told(path, "place") == place):
                return letter
        except OSError as error:
            raise NotWritable(str(folder)) from error
        else:
            return letter
    raise NotWritable(str(folder))


def _claim(path: Path, told: dict[str, str]) -> None:
    """Create a claim, durably: lost in a power cut, another PC would mint the same ids.

    Raises:
        FileExistsError: it is somebody's.
        OSError: it could not be kept; nothing is left of it, or every try would use up a letter.
    """
    file = path.open("x", encoding="utf-8")
    try:
        with file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _told(path: Path, what: str) -> str:
    try:
        return str(json.loads(path.read_text("utf-8")).get(what, ""))
    except (OSError, ValueError, AttributeError):
        return ""
