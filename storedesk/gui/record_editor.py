"""The editor of a column that points to a record: found by name, phone or id while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QCompleter

from storedesk.gui.editors import LineEditor

Look = Callable[[str, str, Callable[[Sequence[tuple[str, str]]], object]], object]
"""(ledger, words, answer): looks for records and answers with pairs of what to show and the id."""


class RecordEditor(LineEditor):
    """Holds the id of the record that was chosen, else what was typed: a phone or name will do."""

    def __init__(self, ledger: str, look: Look, placeholder: str) -> None:
        super().__init__(placeholder)
        self._ids: dict[str, str] = {}
        self._chosen = ("", "")
        self._found = QStringListModel(self)
        self._completer = QCompleter(self._found, self.line)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.activated.connect(self._choose)
        self.line.setCompleter(self._completer)
        self.left.connect(self._hide_offer)
        self.line.textEdited.connect(lambda words: look(ledger, words, self._offer))

    def text(self) -> str:
        """Return the id of the chosen record, else what was typed."""
        name, record_id = self._chosen
        return record_id if name and self.line.text() == name else self.line.text()

    def show_record(self, name: str, record_id: str) -> None:
        """Show a record that is known already by its name."""
        self._chosen = (name, record_id)
        self.line.setText(name)
        self.line.setCursorPosition(0)

    def _offer(self, found: Sequence[tuple[str, str]]) -> None:
        self._ids = dict(found)
        self._found.setStringList(list(self._ids))
        if found and self.line.hasFocus():
            self._completer.complete()

    def _hide_offer(self) -> None:
        popup = self._completer.popup()
        if popup is not None:
            popup.hide()

    def _choose(self, name: str) -> None:
        self.show_record(name, self._ids.get(name, ""))
        self.edited.emit()
