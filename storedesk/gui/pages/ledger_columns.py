"""Choosing the columns of a ledger that are in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from storedesk.domain.forms import Form
from storedesk.gui.texts import tr


def offer_columns(
    below: QWidget,
    form: Form,
    in_sight: Sequence[str],
    choose: Callable[[tuple[str, ...]], object],
) -> None:
    """Show a menu with a tick for every column.

    Args:
        below: the button it opens under.
        form: the ledger's form.
        in_sight: keys of the columns shown now.
        choose: called with the keys chosen, in order; none means the usual ones.
    """
    menu = QMenu(below)

    def toggle(key: str, *, on: bool) -> None:
        others = tuple(one for one in in_sight if one != key)
        choose((*others, key) if on else others)

    for column in form.columns:
        action = menu.addAction(column.label)
        action.setCheckable(True)
        action.setChecked(column.key in in_sight)
        action.triggered.connect(lambda on, key=column.key: toggle(key, on=on))
    menu.addSeparator()
    menu.addAction(tr("恢复默认"), lambda: choose(()))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(below.mapToGlobal(QPoint(0, below.height())))
