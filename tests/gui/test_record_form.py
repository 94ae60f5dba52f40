"""Forms on screen, made from the real forms and a real store's settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from storedesk import resources
from storedesk.domain.calendar import WorkCalendar
from storedesk.domain.forms import Column, Form, Forms, Level
from storedesk.domain.problems import Kind, Problem
from storedesk.domain.records import Record
from storedesk.domain.rules.checks import check
from storedesk.domain.settings import Member, Settings
from storedesk.domain.values import Type, Value
from storedesk.gui.editors import ChipsEditor, ComboEditor, DateEditor, LineEditor, SegmentsEditor
from storedesk.gui.fields import Field, editor_for
from storedesk.gui.record_editor import RecordEditor
from storedesk.gui.record_form import RecordForm, sections_of

SETTINGS = Settings(
    "幸福路店",
    "furniture",
    WorkCalendar(frozenset({2026}), frozenset(), frozenset(), frozenset()),
    staff=(Member("YG-1", "林晓"), Member("YG-2", "离职的", active=False)),
    choices={"称呼": ("先生", "女士", "其他"), "客户来源": tuple("甲乙丙丁戊己庚辛")},
    choice_defaults={"客户来源": "甲"},
)


def nobody(
    _ledger: str, _words: str, answer: Callable[[Sequence[tuple[str, str]]], object]
) -> None:
    answer(())


@pytest.fixture(scope="module")
def forms() -> Forms:
    return resources.load_forms()


@pytest.fixture
def customers(forms: Forms, qtbot: QtBot) -> RecordForm:
    form = RecordForm(forms["customers"], SETTINGS, nobody)
    qtbot.addWidget(form)
    form.finish()
    return form


# --- what is asked ---------------------------------------------------------------------


def test_every_ledger_asks_little_first_and_the_rest_by_section(forms: Forms) -> None:
    for form in forms:
        blocks = sections_of(form, "furniture")
        asked = [column.key for _, columns in blocks for column in columns]
        assert len(asked) == len(set(asked)), form.ledger
        assert "id" not in asked
        assert set(asked) == {
            column.key
            for column in form.columns
            if column.level in {Level.QUICK, Level.FULL} and column.key != "id"
        }
        first, columns = blocks[0]
        if first == "先填这些":
            assert all(column.level is Level.QUICK for column in columns)


def test_what_other_stores_have_comes_last() -> None:
    form = Form(
        "vehicles",
        "车辆",
        "客户档案.xlsx",
        "CL",
        (
            Column("id", "编号"),
            Column("name", "名称", level=Level.QUICK),
            Column("plate", "车牌", level=Level.QUICK, profiles=("auto",)),
            Column("note", "备注", section="其余"),
        ),
    )
    assert [title for title, _ in sections_of(form, "furniture")] == [
        "先填这些",
        "其余",
        "其他业态",
    ]
    assert [title for title, _ in sections_of(form, "auto")] == ["先填这些", "其余"]


@pytest.mark.parametrize(
    ("column", "choices", "kind"),
    [
        (Column("a", "甲", Type.CHOICE), ("是", "否"), SegmentsEditor),
        (Column("a", "甲", Type.CHOICE), tuple("一二三四五六七八"), ComboEditor),
        (Column("a", "甲", Type.CHOICE), (), LineEditor),
        (Column("a", "甲", Type.CHOICES), ("维修", "退货"), ChipsEditor),
        (Column("a", "甲", Type.YES_NO), (), SegmentsEditor),
        (Column("a", "甲", Type.STAFF), ("林晓",), ComboEditor),
        (Column("a", "甲", Type.DATE), (), DateEditor),
        (Column("a", "甲", Type.RECORD, links="customers"), (), RecordEditor),
    ],
)
def test_a_column_gets_the_editor_that_fits(
    qtbot: QtBot, column: Column, choices: tuple[str, ...], kind: type
) -> None:
    editor = editor_for(column, choices, nobody)
    qtbot.addWidget(editor.widget)
    assert isinstance(editor, kind)


def test_folded_sections_build_their_fields_when_opened(customers: RecordForm) -> None:
    few = len(customers.fields)
    customers._sections[1].fold_button.click()
    customers.finish()
    assert len(customers.fields) > few
    customers._sections[1].fold_button.click()
    assert not customers._sections[1]._inside.isVisibleTo(customers)


# --- filling in ------------------------------------------------------------------------


def test_a_new_form_starts_with_the_usual_values_and_tells_what_was_entered(
    customers: RecordForm,
) -> None:
    customers.begin({"phone": "13800138000"})
    assert customers.entered() == {"phone": "13800138000", "source_channel": "甲"}
    assert customers.changes() == {"phone": "13800138000"}


def test_a_known_record_tells_only_what_was_changed(customers: RecordForm) -> None:
    record = Record(
        "customers",
        "KH-1",
        {"name": "王建国", "phone": "13800138000", "salutation": "先生", "sales_owner": "老员工"},
        raw={"birthday": "五月十八"},
    )
    customers.show_record(record, {})
    assert customers.changes() == {}
    assert customers.fields["sales_owner"].text() == "老员工"
    assert customers.fields["birthday"].text() == "五月十八"
    customers.fields["name"].set_text("王建国先生")
    customers.fields["salutation"].set_text("")
    assert customers.changes() == {"name": "王建国先生", "salutation": ""}


def test_problems_are_said_at_their_fields_and_others_are_handed_back(
    customers: RecordForm,
) -> None:
    customers.begin({})
    elsewhere = Problem(Kind.RULE, "整条记录的问题")
    left = customers.show_problems(
        [Problem(Kind.MISSING_VALUE, "没有填电话", column="phone"), elsewhere]
    )
    assert left == [elsewhere]
    field = customers.fields["phone"]
    assert field.error() == "没有填电话"
    assert field.editor.focus_widget.accessibleDescription() == "没有填电话"
    field.editor.edited.emit()
    assert field.error() == ""


def test_a_problem_in_a_folded_section_unfolds_it(customers: RecordForm) -> None:
    key = customers._sections[1].columns[0].key
    customers.show_problems([Problem(Kind.BAD_VALUE, "不对", column=key)])
    customers.finish()
    assert customers.fields[key].error() == "不对"


def test_what_is_put_into_a_form_waits_for_its_fields(forms: Forms, qtbot: QtBot) -> None:
    """Fields are made in events to come; nothing may be lost to one that is not there yet."""
    form = RecordForm(forms["customers"], SETTINGS, nobody)
    qtbot.addWidget(form)
    rest = sections_of(form.form, "furniture")[1][1]
    folded = next(one.key for one in rest if one.type is Type.TEXT)
    form.begin({"phone": "13800138000", folded: "甲"})
    assert form.show_problems([Problem(Kind.BAD_VALUE, "不对", column="phone")]) == []
    assert not form.fields
    early = form.entered()
    assert early == {"phone": "13800138000", folded: "甲", "source_channel": "甲"}
    form.finish()
    assert form.entered() == early
    assert form.fields["phone"].error() == "不对"


def test_fields_of_which_one_will_do_are_called_as_the_form_calls_them(
    forms: Forms, qtbot: QtBot
) -> None:
    form = RecordForm(forms["complaints"], SETTINGS, nobody)
    qtbot.addWidget(form)
    form.finish()
    values: dict[str, Value] = {}
    form.show_problems(check(forms["complaints"], values, SETTINGS).refusals)
    assert form.fields["customer"].error() == "「客户」「联系电话」都没有填，至少填一个"
    assert form.fields["verbatim"].error() == "「客户反映问题」没有填"


def test_the_cursor_goes_to_the_first_field_where_none_is_empty(
    customers: RecordForm, qtbot: QtBot
) -> None:
    customers.show()
    for field in customers.fields.values():
        field.set_text("先生")
    assert all(field.text() for field in customers.fields.values())
    customers.fields["phone"].focus()
    with qtbot.waitSignal(customers.cursor_placed):
        customers.focus_first()
    assert customers.window().focusWidget() is customers.fields["name"].editor.focus_widget


def test_a_record_in_a_folded_section_is_called_by_its_name(forms: Forms, qtbot: QtBot) -> None:
    form = RecordForm(forms["complaints"], SETTINGS, nobody)
    qtbot.addWidget(form)
    form.finish()
    key = next(one.key for one in form.form.columns if one.links and one.key not in form.fields)
    form.show_record(Record("complaints", "KS-1", {key: "KH-1"}), {key: "王建国　138"})
    form._reveal(key)
    form.finish()
    editor = form.fields[key].editor
    assert isinstance(editor, RecordEditor)
    assert (editor.line.text(), editor.text()) == ("王建国　138", "KH-1")
    assert form.changes() == {}


# --- single fields ---------------------------------------------------------------------


def field(qtbot: QtBot, column: Column, choices: Sequence[str] = ()) -> Field:
    made = Field(column, editor_for(column, tuple(choices), nobody))
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("kind", "typed", "shown"),
    [
        (Type.DATE, "2026年3月5日", "2026-03-05"),
        (Type.MOMENT, "2026/3/5 下午3:30", "2026-03-05 15:30"),
        (Type.MONEY, "1,280元", "1280.00"),
        (Type.NUMBER, "２", "2"),
    ],
)
def test_what_is_typed_is_written_as_the_ledger_shows_it(
    qtbot: QtBot, kind: Type, typed: str, shown: str
) -> None:
    made = field(qtbot, Column("a", "甲", kind))
    made.set_text(typed)
    made.editor.left.emit()
    assert (made.text(), made.error()) == (shown, "")


def test_what_cannot_be_read_stays_and_is_said(qtbot: QtBot) -> None:
    made = field(qtbot, Column("a", "甲", Type.DATE))
    made.set_text("下周吧")
    made.editor.left.emit()
    assert made.text() == "下周吧"
    assert made.error() == "「下周吧」不是日期，请写成 2026-11-22"


def test_enter_goes_to_the_next_field(customers: RecordForm, qtbot: QtBot) -> None:
    customers.begin({})
    customers.show()
    customers.fields["name"].focus()
    QTest.keyClick(customers.fields["name"].editor.focus_widget, Qt.Key.Key_Return)
    phone = customers.fields["phone"].editor.focus_widget
    assert customers.window().focusWidget() is phone


def test_a_chosen_word_is_taken_back_by_a_second_click(qtbot: QtBot) -> None:
    made = field(qtbot, Column("a", "甲", Type.YES_NO))
    assert isinstance(made.editor, SegmentsEditor)
    yes = made.editor.segments.group.buttons()[0]
    with qtbot.waitSignal(made.edited):
        QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    assert made.text() == "是"
    QTest.mouseClick(yes, Qt.MouseButton.LeftButton)
    assert made.text() == ""


def test_words_that_are_not_on_offer_any_more_are_kept(qtbot: QtBot) -> None:
    made = field(qtbot, Column("a", "甲", Type.CHOICES), ("维修", "退货"))
    made.set_text("退货;老选项")
    assert made.text() == "退货;老选项"
    combo = field(qtbot, Column("a", "甲", Type.STAFF), ("林晓",))
    combo.set_text("离职的")
    assert combo.text() == "离职的"


def test_a_day_is_taken_from_the_calendar(qtbot: QtBot) -> None:
    made = field(qtbot, Column("a", "甲", Type.MOMENT))
    made.set_text("2026-11-22 14:30")
    editor = made.editor
    assert isinstance(editor, DateEditor)
    editor._open()
    calendar = editor._calendar
    assert calendar is not None
    assert calendar.selectedDate().toPython() == date(2026, 11, 22)
    calendar.clicked.emit(calendar.selectedDate().addDays(2))
    assert made.text() == "2026-11-24 14:30"


def test_a_record_is_found_while_typing_and_its_id_is_kept(qtbot: QtBot) -> None:
    asked: list[tuple[str, str]] = []

    def look(
        ledger: str, words: str, answer: Callable[[Sequence[tuple[str, str]]], object]
    ) -> None:
        asked.append((ledger, words))
        answer([("王建国　13800138000", "KH-1")])

    editor = RecordEditor("customers", look, "")
    qtbot.addWidget(editor.widget)
    QTest.keyClicks(editor.line, "wjg")
    assert asked[-1] == ("customers", "wjg")
    assert editor.text() == "wjg"
    editor._choose("王建国　13800138000")
    assert editor.text() == "KH-1"
    editor.line.setText("别人")
    assert editor.text() == "别人"
