"""What this person likes on this PC: look, text size, columns, who they are. Never desk data."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from storedesk.gui.tokens import TEXT_SIZES, Look

_SEEN_KEPT = 8


class Preferences:
    """An ini file in the user's own folder; unreadable entries count as not set."""

    def __init__(self, file: Path) -> None:
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    def look(self) -> Look:
        """Return light, dark or as the system."""
        try:
            return Look(self._text("look"))
        except ValueError:
            return Look.SYSTEM

    def set_look(self, look: Look) -> None:
        """Remember the look."""
        self._store.setValue("look", look.value)

    def text_size(self) -> float:
        """Return the text size, one of ``TEXT_SIZES``."""
        wanted = self._text("text_size")
        return next((size for size in TEXT_SIZES if str(size) == wanted), TEXT_SIZES[0])

    def set_text_size(self, size: float) -> None:
        """Remember the text size."""
        self._store.setValue("text_size", str(size))

    def me(self, desk: Path) -> str:
        """Return the name of the person at this PC in a desk, or an empty string."""
        return self._text(f"{_key(desk)}/me")

    def set_me(self, desk: Path, name: str) -> None:
        """Remember who works here."""
        self._store.setValue(f"{_key(desk)}/me", name)

    def last_day(self, desk: Path) -> date | None:
        """Return the last day the window showed this desk."""
        try:
            return date.fromisoformat(self._text(f"{_key(desk)}/last_day"))
        except ValueError:
            return None

    def set_last_day(self, desk: Path, day: date) -> None:
        """Remember that the window was open on this day."""
        self._store.setValue(f"{_key(desk)}/last_day", day.isoformat())

    def open_since(self, desk: Path) -> datetime | None:
        """Return since when the window has been open on a desk, if it was never closed."""
        try:
            return datetime.fromisoformat(self._text(f"{_key(desk)}/open_since"))
        except ValueError:
            return None

    def set_open_since(self, desk: Path, moment: datetime | None) -> None:
        """Remember that the window opened, or with None that it was closed."""
        text = moment.isoformat(" ", "minutes") if moment else ""
        self._store.setValue(f"{_key(desk)}/open_since", text)
        self._store.sync()

    def seen(self, desk: str) -> tuple[str, ...]:
        """Return the ids of the customers opened last in a desk, named by its id, newest first."""
        return tuple(one for one in self._text(f"seen/{desk}").split(",") if one)

    def add_seen(self, desk: str, customer: str) -> None:
        """Remember that a customer was opened; ids only, never who it is."""
        others = [one for one in self.seen(desk) if one != customer]
        self._store.setValue(f"seen/{desk}", ",".join([customer, *others][:_SEEN_KEPT]))

    def columns(self, ledger: str) -> tuple[str, ...]:
        """Return the keys of the columns in sight, in order; empty for the form's own choice."""
        return tuple(key for key in self._text(f"columns/{ledger}").split(",") if key)

    def set_columns(self, ledger: str, keys: tuple[str, ...]) -> None:
        """Remember the columns in sight."""
        self._store.setValue(f"columns/{ledger}", ",".join(keys))

    def geometry(self) -> QByteArray:
        """Return where the window stood."""
        found = self._store.value("geometry")
        return found if isinstance(found, QByteArray) else QByteArray()

    def set_geometry(self, geometry: QByteArray) -> None:
        """Remember where the window stands."""
        self._store.setValue("geometry", geometry)

    def last_desk(self) -> Path | None:
        """Return the desk opened last."""
        found = self._text("last_desk")
        return Path(found) if found else None

    def set_last_desk(self, folder: Path) -> None:
        """Remember the desk."""
        self._store.setValue("last_desk", str(folder))

    def save(self) -> None:
        """Write what was changed to the file now."""
        self._store.sync()

    def _text(self, key: str) -> str:
        found = self._store.value(key, "")
        return found if isinstance(found, str) else ""


def default_file() -> Path:
    """Return where Qt keeps such files; asking ``resources`` would load every form before paint.

    ``STOREDESK_HOME`` moves it with everything else of this user.
    """
    home = os.environ.get("STOREDESK_HOME", "")
    if home:
        return Path(home) / "window.ini"
    kind = QStandardPaths.StandardLocation.AppConfigLocation
    return Path(QStandardPaths.writableLocation(kind)) / "window.ini"


def _key(desk: Path) -> str:
    return "desks/" + desk.absolute().as_posix().replace("/", "|").replace("\\", "|")
