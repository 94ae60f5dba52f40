"""The dialog that asks which column is the one whose header was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from storedesk.domain.forms import Column
from storedesk.domain.values import Type
from storedesk.gui.editors import ComboEditor
from storedesk.gui.fields import Field
from storedesk.gui.page import scrolling
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import label
from storedesk.operations.repairing import LostColumn, Proposal

_WIDTH = 520
_TALLEST = 420
_FEW = 6

Write = Callable[[Mapping[str, int]], object]
"""Takes the positions a person has confirmed, by column key."""


class RepairDialog(QDialog):
    """Shows what is proposed for every lost column; anything can be chosen otherwise, or left out.

    Ctrl+Enter writes, Esc gives up.
    """

    def __init__(self, proposal: Proposal, write: Write, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("写回表头"))
        self.setMinimumWidth(_WIDTH)
        self._proposal, self._write = proposal, write
        self._positions = {one.words: one.position for one in proposal.choices}
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(tr("写回表头"), "section"))
        column.addWidget(label(proposal.sentence(), wrap=True))
        self.fields = {one.key: self._field(one) for one in self._asked()}
        if self.fields and not proposal.obstacle:
            column.addWidget(self._list(), 1)
        column.addWidget(label(self._promise(), "sub", wrap=True))
        column.addLayout(self._buttons())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.save)

    def chosen(self) -> dict[str, int]:
        """Return the positions as they are chosen now."""
        found = {key: self._positions.get(field.text(), 0) for key, field in self.fields.items()}
        return {key: position for key, position in found.items() if position}

    def save(self) -> None:
        """Hand the choice on; one column cannot be two."""
        chosen = self.chosen()
        if self._proposal.obstacle or not chosen:
            self.reject()
            return
        taken: set[int] = set()
        for key, position in chosen.items():
            if position in taken:
                self.fields[key].set_error(tr("这一列上面已经选过了"))
                self.fields[key].focus()
                return
            taken.add(position)
        self._write(chosen)
        self.accept()

    def _asked(self) -> list[LostColumn]:
        """Return what there is to confirm; of many only what was recognised."""
        columns = self._proposal.columns
        found = [one for one in columns if one.position]
        return list(columns[:_FEW]) if len(columns) <= _FEW or not found else found

    def _promise(self) -> str:
        if self._proposal.obstacle:
            return tr("店务台不替您插入行：那会挪动您做的公式和格式。")
        return tr("只写第 {row} 行的这几格，别的都不动；写之前先备份。").format(
            row=self._proposal.row
        )

    def _field(self, lost: LostColumn) -> Field:
        hint = "。".join(filter(None, (lost.why, tr("留空就不修这一列"))))
        editor = ComboEditor(list(self._positions))
        field = Field(Column(lost.key, lost.label, Type.CHOICE, hint=hint), editor)
        words = {position: told for told, position in self._positions.items()}
        field.set_text(words.get(lost.position, ""))
        return field

    def _list(self) -> QWidget:
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(8)
        for field in self.fields.values():
            rows.addWidget(field)
        area = scrolling(body)
        area.setMinimumHeight(min(_TALLEST, rows.sizeHint().height() + 8))
        return area

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        if self._proposal.obstacle:
            row.addWidget(button(tr("知道了"), self.reject, variant="primary"))
            return row
        row.addWidget(button(tr("取消"), self.reject, variant="ghost"))
        row.addWidget(button(tr("写回表头"), self.save, variant="primary", tip="Ctrl+Enter"))
        return row
