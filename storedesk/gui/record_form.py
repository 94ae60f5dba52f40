"""A form on screen, made from ``forms/``: what is asked first, and the rest in folded sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from storedesk.domain.forms import Column, Form, Level
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.settings import Settings
from storedesk.domain.values import Type, shown
from storedesk.gui.fields import Field, editor_for, name_of
from storedesk.gui.icons import icon
from storedesk.gui.pieces import Pieces
from storedesk.gui.record_editor import Look, RecordEditor
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.cards import Card
from storedesk.gui.widgets.labels import label
from storedesk.gui.widgets.tabs import tab_after

FieldMaker = Callable[[Column], Field]
_FIRST_EMPTY = ""


class Section(Card):
    """A titled block of fields; folded ones build their fields when they are first opened.

    Attributes:
        last: the last part that takes the keyboard.
    """

    def __init__(
        self, title: str, columns: Sequence[Column], make: FieldMaker, pieces: Pieces
    ) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self._title, self._make, self._pieces = title, make, pieces
        self._grid: QGridLayout | None = None
        self._cell = (0, 0)
        self._filled = 0
        self._inside = QWidget()
        self._inside.hide()
        self.body.setContentsMargins(8, 8, 8, 8)
        self.fold_button = QPushButton()
        self.fold_button.setProperty("kind", "fold")
        self.fold_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold_button.setIconSize(QSize(18, 18))
        self.fold_button.clicked.connect(lambda: self.unfold(folded=not self._inside.isHidden()))
        self.last: QWidget = self.fold_button
        self.body.addWidget(self.fold_button)
        self.body.addWidget(self._inside)
        follow_theme(self, lambda: self.say_filled(self._filled))

    @property
    def opened(self) -> bool:
        """Whether its fields are there, or on their way."""
        return self._grid is not None

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
            self._lay_out()
        self._inside.setVisible(not folded)
        self.say_filled(self._filled)

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._pieces.add(*(partial(self._build, column) for column in self.columns))

    def _build(self, column: Column) -> None:
        assert self._grid is not None  # noqa: S101  # laid out before its fields are made
        field = self._make(column)
        row, side = self._cell
        if field.wide and side:
            row, side = row + 1, 0
        self._grid.addWidget(field, row, side, 1, 2 if field.wide else 1)
        self._cell = (row + 1, 0) if field.wide or side else (row, 1)
        self.last = tab_after(self.last, field)


def _heading(title: str) -> QLabel:
    made = label(title, "section")
    made.setContentsMargins(8, 8, 8, 0)
    return made


class RecordForm(QWidget):
    """The fields of one record, new or known.

    They are made one after the other in events to come; what is put into a field that is not there
    yet waits for it.

    Signals:
        edited: something was changed by a person.
        left: a field was finished with; carries its column key.
        cursor_placed: the cursor went where it was asked to.
    """

    edited = Signal()
    left = Signal(str)
    cursor_placed = Signal()

    def __init__(self, form: Form, settings: Settings, look: Look) -> None:
        super().__init__()
        self.form = form
        self.fields: dict[str, Field] = {}
        self._settings, self._look = settings, look
        self._start: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._cursor: str | None = None
        self._sections: list[Section] = []
        # Of several that may stand for each other none is marked; the refusal names them all.
        self._needed = {need for need in form.needs if "|" not in need}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(16)
        self._column.addStretch()
        self._pieces = Pieces(self)
        self._pieces.done.connect(self._focus_any)
        blocks = sections_of(form, settings.profile)
        self._asked = {column.key for _, columns in blocks for column in columns}
        for title, columns in blocks[:1]:
            self._add_section(title, columns).stay_open()
        self._pieces.add(*(partial(self._add_section, *one) for one in blocks[1:]))

    def let_follow(self, buttons: QWidget) -> None:
        """Let Tab go on to these after the last field."""
        for section in self._sections[-1:]:
            tab_after(section.last, buttons)

    def finish(self) -> None:
        """Make now what is not there yet."""
        self._pieces.finish()

    def begin(self, values: Mapping[str, str]) -> None:
        """Show an empty form, with some cells filled in and the lists' usual values chosen."""
        self._start = {
            one.key: usual
            for one in self.form.columns
            if (usual := self._settings.choice_defaults.get(one.choices, ""))
            and one.level is Level.QUICK
        }
        self._names = {}
        self._fill()
        self.fill_in(values)

    def fill_in(self, values: Mapping[str, str]) -> None:
        """Put texts into fields, unfolding where they stand; they count as changed."""
        for key, text in values.items():
            if key in self.fields:
                self.fields[key].set_text(text)
            elif key in self._asked:
                self._texts[key] = text
            self._reveal(key)

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
        self._names = dict(names)
        self._fill()

    def changes(self) -> dict[str, str]:
        """Return the texts a person changed or filled in, by column key; emptied ones are empty."""
        return {
            key: text for key, text in self._in_fields().items() if text != self._start.get(key, "")
        }

    def entered(self) -> dict[str, str]:
        """Return every text that stands in a field, by column key."""
        return {key: text for key, text in self._in_fields().items() if text}

    def show_problems(self, problems: Iterable[Problem]) -> list[Problem]:
        """Mark the fields that problems are about and go to the first; return the others."""
        others: list[Problem] = []
        first = ""
        for problem in problems:
            key = problem.column
            if key not in self._asked:
                others.append(problem)
                continue
            if key in self.fields:
                self.fields[key].set_error(self._said(problem))
            else:
                self._errors[key] = self._said(problem)
            self._reveal(key)
            first = first or key
        if first in self.fields:
            self._focus(self.fields[first])
        elif first:
            self._cursor = first
        return others

    def _said(self, problem: Problem) -> str:
        """Return what a field says of a problem, calling every field as it is called here."""
        alone = problem.kind is Kind.MISSING_VALUE and problem.column in self._needed
        sentence = problem.what if alone else "，".join(filter(None, (problem.what, problem.hint)))
        for column in self.form.columns:
            sentence = sentence.replace(f"「{column.label}」", f"「{name_of(column)}」")
        return sentence

    def focus_first(self) -> None:
        """Put the cursor into the first empty field."""
        self._cursor = _FIRST_EMPTY
        empty = (field for field in self.fields.values() if not field.text())
        field = next(empty, None)
        if field is not None:
            self._focus(field)
        elif not self._pieces.busy():
            self._focus_any()

    # --- one after the other --------------------------------------------------------------------

    def _add_section(self, title: str, columns: Sequence[Column]) -> Section:
        section = Section(title, columns, self._field, self._pieces)
        self._column.insertWidget(self._column.count() - 1, section)
        if self._sections:
            tab_after(self._sections[-1].last, section.fold_button)
        self._sections.append(section)
        section.say_filled(self._filled(section))
        if any(one.key in self._texts or one.key in self._errors for one in columns):
            section.unfold()
        return section

    def _field(self, column: Column) -> Field:
        key = column.key
        editor = editor_for(column, self._choices(column), self._look)
        field = Field(column, editor, needed=key in self._needed)
        self._show_start(key, field)
        if key in self._texts:
            field.set_text(self._texts.pop(key))
        if key in self._errors:
            field.set_error(self._errors.pop(key))
        field.edited.connect(self.edited)
        field.left.connect(lambda: self.left.emit(key))
        self.fields[key] = field
        # Once it has its place: before, it cannot hold the cursor.
        QTimer.singleShot(0, field, lambda: self._focus_if_wanted(field))
        return field

    def _focus_if_wanted(self, field: Field) -> None:
        if self._cursor == field.column.key:
            self._focus(field)
        elif self._cursor == _FIRST_EMPTY and not field.text():
            holder: QWidget | None = self.window().focusWidget()
            quicker = holder is not None and self.isAncestorOf(holder)
            self._focus(None if quicker else field)

    def _focus_any(self) -> None:
        if self._cursor == _FIRST_EMPTY and self.fields:
            self._focus(next(iter(self.fields.values())))

    def _focus(self, field: Field | None) -> None:
        """Put the cursor into a field; None where somebody has put it somewhere already."""
        self._cursor = None
        if field is not None:
            field.focus()
        self.cursor_placed.emit()

    def _choices(self, column: Column) -> tuple[str, ...]:
        if column.type is Type.STAFF:
            return tuple(person.name for person in self._settings.active_staff())
        return self._settings.choices.get(column.choices, ())

    # --- what stands in the fields, or will -----------------------------------------------------

    def _in_fields(self) -> dict[str, str]:
        """Return the texts of the opened sections, by column key."""
        found = {}
        for section in self._sections:
            for column in section.columns if section.opened else ():
                field = self.fields.get(column.key)
                waiting = self._texts.get(column.key, self._start.get(column.key, ""))
                found[column.key] = field.text() if field else waiting
        return found | self._texts

    def _fill(self) -> None:
        self._texts.clear()
        self._errors.clear()
        for key, field in self.fields.items():
            self._show_start(key, field)
        for section in self._sections:
            section.say_filled(self._filled(section))

    def _show_start(self, key: str, field: Field) -> None:
        field.set_text(self._start.get(key, ""))
        if key in self._names and isinstance(field.editor, RecordEditor):
            field.editor.show_record(self._names[key], self._start.get(key, ""))

    def _filled(self, section: Section) -> int:
        return sum(1 for one in section.columns if self._start.get(one.key))

    def _reveal(self, key: str) -> None:
        for section in self._sections:
            if any(one.key == key for one in section.columns):
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
    # Compared by key: columns are large values, and every pair would be compared.
    ours = [column for column in asked if not column.profiles or profile in column.profiles]
    kept = {column.key for column in ours}
    quick = tuple(column for column in ours if column.level is Level.QUICK)
    rest: dict[str, list[Column]] = {}
    for column in ours:
        if column.level is Level.FULL:
            rest.setdefault(column.section, []).append(column)
    for column in asked:
        if column.key not in kept:
            rest.setdefault(tr("其他业态"), []).append(column)
    blocks = [(title, tuple(columns)) for title, columns in rest.items()]
    return [(tr("先填这些"), quick), *blocks] if quick else blocks
