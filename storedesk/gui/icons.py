"""Lucide icons (ISC, see ``lucide/LICENSE``) in any colour, sharp at every device pixel ratio.

A recoloured copy of the SVG is written once into a private folder and Qt's own SVG engine draws it.
(WORKAROUND: a Python subclass of QIconEngine crashes on ``clone()`` in PySide6 6.11.3 and 6.12.0.)
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

SOURCE = Path(__file__).with_name("lucide")
STROKE = 1.75


@lru_cache(maxsize=512)
def icon(name: str, color: str, *, disabled: str = "", on: str = "") -> QIcon:
    """Return an icon.

    Args:
        name: file name in ``lucide/`` without its ending.
        color: stroke as ``#RRGGBB``.
        disabled: stroke while the control is disabled; Qt's own greying if empty.
        on: stroke while the control is checked; the same as ``color`` if empty.
    """
    made = QIcon(svg_file(name, color))
    if disabled:
        made.addFile(svg_file(name, disabled), QSize(), QIcon.Mode.Disabled)
    if on:
        made.addFile(svg_file(name, on), QSize(), QIcon.Mode.Normal, QIcon.State.On)
    return made


def svg_file(name: str, color: str, stroke: float = STROKE) -> str:
    """Return the path of the icon in this colour, with ``/`` as style sheets want it."""
    path = _folder() / f"{name}-{color.lstrip('#')}-{stroke}.svg"
    if not path.exists():
        drawing = (SOURCE / f"{name}.svg").read_text("utf-8")
        drawing = drawing.replace("currentColor", color)
        path.write_text(drawing.replace('stroke-width="2"', f'stroke-width="{stroke}"'), "utf-8")
    return path.as_posix()


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="storedesk-icons-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
