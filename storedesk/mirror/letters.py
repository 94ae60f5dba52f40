"""The letter of a PC in the ids it mints (decision 11)."""

from __future__ import annotations

import json
from pathlib import Path

from storedesk.domain.errors import NotWritable

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which look like digits."""


def claim_letter(folder: Path, machine: str) -> str:
    """Return this machine's letter, claiming the first free one by creating its file exclusively.

    Raises:
        NotWritable: the folder cannot be written, or all letters are taken.
    """
    for letter in LETTERS:
        path = folder / f"PC-{letter}.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                json.dump({"machine": machine}, file)
        except FileExistsError:
            if _machine(path) == machine:
                return letter
        except OSError as error:
            raise NotWritable(str(folder)) from error
        else:
            return letter
    raise NotWritable(str(folder))


def _machine(path: Path) -> str:
    try:
        return str(json.loads(path.read_text("utf-8"))["machine"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
