"""A form on screen, made from ``forms/``: what is asked first, and the rest in folded sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.problems import Problem
from storedesk.domain.records import Record
from storedesk.domain.settings import Settings
from storedesk.domain.values import Type, shown
from storedesk.gui.fields import Field, editor_for
from storedesk.gui.icons import icon
from storedesk.gui.record_editor import Look, RecordEditor
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.cards import Card
from storedesk.gui.widgets.labels import label

FieldMaker = Callable[[Column], Field]


class Section(Card):
    """A titled block of fields; folded ones build their fields when they are first opened."""

    def __init__(self, title: str, columns: Sequence[Column], make: FieldMaker) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._title, self._make = title, make
        self._grid: QGridLayout | None = None
        self._filled = 0
        self._inside = QWidget()
        self._inside.hide()
        self.body.setContentsMargins(8, 8, 8, 8)
        self.fold_button = QPushButton()
        self.fold_button.setProperty("kind", "fold")
        self.fold_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold_button.setIconSize(QSize(18, 18))
        self.fold_button.clicked.connect(lambda: self.unfold(folded=not self._inside.isHidden()))
        self.body.addWidget(self.fold_button)
        self.body.addWidget(self._inside)
        follow_theme(self, lambda: self.say_filled(self._filled))

    def stay_open(self) -> None:
        """Show the fields for good: the block that is asked first."""
        self.unfold()
        self.fold_button.hide()
        self.body.insertWidget(0, _heading(self._title))

    def say_filled(self, count: int) -> None:
        """Show how many fields hold something, as long as they are folded."""
        self._filled = count
        mark = "chevron-right" if self._inside.isHidden() else "chevron-down"
        self.fold_button.setIcon(icon(mark, theme().tokens.text2))
        told = count and self._inside.isHidden()
        note = tr("　已填 {count} 项").format(count=count) if told else ""
        self.fold_button.setText(f" {self._title}{note}")
        self.fold_button.setAccessibleName(tr("展开{title}").format(title=self._title))

    def unfold(self, *, folded: bool = False) -> None:
        """Show the fields, or hide them again."""
        if not folded and self._grid is None:
            self._build()
        self._inside.setVisible(not folded)
        self.say_filled(self._filled)

    def _build(self) -> None:
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        row = side = 0
        for column in self.columns:
            field = self._make(column)
            if field.wide and side:
                row, side = row + 1, 0
            self._grid.addWidget(field, row, side, 1, 2 if field.wide else 1)
            if field.wide or side:
                row, side = row + 1, 0
            else:
                side = 1


def _heading(title: str) -> QLabel:
    made = label(title, "section")
    made.setContentsMargins(8, 8, 8, 0)
    return made


class RecordForm(QWidget):
    """The fields of one record, new or known.

    Signals:
        edited: something was changed by a person.
        left: a field was finished with; carries its column key.
    """

    edited = Signal()
    left = Signal(str)

    def __init__(self, form: Form, settings: Settings, look: Look) -> None:
        super().__init__()
        self.form = form
        self.fields: dict[str, Field] = {}
        self._settings, self._look = settings, look
        self._start: dict[str, str] = {}
        self._sections: list[Section] = []
        # Of several that may stand for each other none is marked; the refusal names them all.
        self._needed = {need for need in form.needs if "|" not in need}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for title, columns in sections_of(form, settings.profile):
            section = Section(title, columns, self._field)
            self._sections.append(section)
            column.addWidget(section)
        column.addStretch()
        if self._sections:
            self._sections[0].stay_open()

    def begin(self, values: Mapping[str, str]) -> None:
        """Show an empty form, with some cells filled in and the lists' usual values chosen."""
        self._start = {
            one.key: usual
            for one in self.form.columns
            if (usual := self._settings.choice_defaults.get(one.choices, ""))
            and one.level is Level.QUICK
        }
        self._fill(self._start)
        self.fill_in(values)

    def fill_in(self, values: Mapping[str, str]) -> None:
        """Put texts into fields, unfolding where they stand; they count as changed."""
        for key, text in values.items():
            self._reveal(key)
            if key in self.fields:
                self.fields[key].set_text(text)

    def show_record(self, record: Record, names: Mapping[str, str]) -> None:
        """Show a record.

        Args:
            record: the record.
            names: what to show instead of the ids of records it points to.
        """
        self._start = {
            one.key: record.raw.get(one.key) or shown(record[one.key], one.type)
            for one in self.form.columns
            if record[one.key] is not None or one.key in record.raw
        }
        self._fill(self._start)
        for key, name in names.items():
            field = self.fields.get(key)
            if field and isinstance(field.editor, RecordEditor):
                field.editor.show_record(name, record.text(key))

    def changes(self) -> dict[str, str]:
        """Return the texts a person changed or filled in, by column key; emptied ones are empty."""
        return {
            key: field.text()
            for key, field in self.fields.items()
            if field.text() != self._start.get(key, "")
        }

    def entered(self) -> dict[str, str]:
        """Return every text that stands in a field, by column key."""
        return {key: field.text() for key, field in self.fields.items() if field.text()}

    def show_problems(self, problems: Iterable[Problem]) -> list[Problem]:
        """Mark the fields that problems are about and go to the first; return the others."""
        others: list[Problem] = []
        first: Field | None = None
        for problem in problems:
            self._reveal(problem.column)
            field = self.fields.get(problem.column)
            if field is None:
                others.append(problem)
                continue
            field.set_error(problem.what)
            first = first or field
        if first is not None:
            first.focus()
        return others

    def focus_first(self) -> None:
        """Put the cursor into the first empty field."""
        empty = (field for field in self.fields.values() if not field.text())
        field = next(empty, next(iter(self.fields.values()), None))
        if field is not None:
            field.focus()

    def _field(self, column: Column) -> Field:
        editor = editor_for(column, self._choices(column), self._look)
        field = Field(column, editor, needed=column.key in self._needed)
        field.set_text(self._start.get(column.key, ""))
        field.edited.connect(self.edited)
        field.left.connect(lambda key=column.key: self.left.emit(key))
        self.fields[column.key] = field
        return field

    def _choices(self, column: Column) -> tuple[str, ...]:
        if column.type is Type.STAFF:
            return tuple(person.name for person in self._settings.active_staff())
        return self._settings.choices.get(column.choices, ())

    def _fill(self, texts: Mapping[str, str]) -> None:
        for key, field in self.fields.items():
            field.set_text(texts.get(key, ""))
        for section in self._sections:
            section.say_filled(sum(1 for one in section.columns if texts.get(one.key)))

    def _reveal(self, key: str) -> None:
        for section in self._sections:
            if key not in self.fields and any(one.key == key for one in section.columns):
                section.unfold()


def sections_of(form: Form, profile: str) -> list[tuple[str, tuple[Column, ...]]]:
    """Return the blocks of a form: what is asked first, then the rest by section.

    Columns set by the program are not asked. What other kinds of stores have comes last.
    """
    asked = [
        column
        for column in form.columns
        if column.level in {Level.QUICK, Level.FULL} and column.key != "id"
    ]
    ours = [column for column in asked if not column.profiles or profile in column.profiles]
    quick = tuple(column for column in ours if column.level is Level.QUICK)
    rest: dict[str, list[Column]] = {}
    for column in ours:
        if column.level is Level.FULL:
            rest.setdefault(column.section, []).append(column)
    for column in asked:
        if column not in ours:
            rest.setdefault(tr("其他业态"), []).append(column)
    blocks = [(title, tuple(columns)) for title, columns in rest.items()]
    return [(tr("先填这些"), quick), *blocks] if quick else blocks
