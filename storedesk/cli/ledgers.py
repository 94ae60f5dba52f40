"""Commands on records: add, set, show, list, find."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from storedesk.cli.options import Work, at_work, pairs
from storedesk.cli.printing import put_json, put_table
from storedesk.domain.changes import Change
from storedesk.domain.errors import UnknownRecord
from storedesk.domain.forms import Form
from storedesk.domain.select import Condition, Equal, Select
from storedesk.domain.values import shown
from storedesk.operations import entries, records
from storedesk.operations.records import Happened

_NOBODY = {"rule": "自动", "restore": "恢复备份", "copy": "冲突副本"}
"""Who acted where no name is told; a cell changed in Excel bears none."""


def add(args: argparse.Namespace) -> None:
    """``storedesk add DESK LEDGER 表头=值 …``: print the new id once it is durable."""
    with at_work(args) as work:
        form = work.form(args.ledger)
        change = records.add(work.desk, form.ledger, dict(pairs(args.cells, "表头=值")), work.by())
        _put_change(work, change, change.first)


def set_cells(args: argparse.Namespace) -> None:
    """``storedesk set DESK ID 表头=值 …``."""
    with at_work(args) as work:
        cells = dict(pairs(args.cells, "表头=值"))
        change = records.set_values(work.desk, args.id, cells, work.by())
        _put_change(work, change, args.id)


def _put_change(work: Work, change: Change, record_id: str) -> None:
    """Flush, then print the id, with what else was caused and what to look at."""
    work.finish()
    if work.args.json:
        put_json(
            {
                "id": record_id,
                "changed": bool(change.operation),
                "records": change.records,
                "problems": change.problems,
                "notices": work.notices(),
            }
        )
        return
    print(record_id)
    if not change.operation:
        print("内容相同，没有改动。")
    for problem in change.problems:
        print(f"请看一下：{problem.sentence()}")
    _put_notices(work)


def show(args: argparse.Namespace) -> None:
    """``storedesk show DESK ID``: one record, by sections, and its history."""
    with at_work(args) as work:
        history = records.whole_history(work.desk, args.id)
        try:
            record = records.get(work.desk, args.id)
        except UnknownRecord:
            _show_gone(work, args, history)
            return
        form = work.desk.forms[record.ledger]
        if args.json:
            put_json(
                {
                    "ledger": record.ledger,
                    "id": record.id,
                    "cells": records.cells(form, record),
                    "history": history,
                }
            )
            return
        print(f"{records.title(form, record)}　{form.label}　{record.id}")
        filled = {k: v for k, v in records.cells(form, record).items() if v}
        put_table(("表头", "内容"), filled.items())
        if history:
            print()
            _put_history(work, form, history[: args.limit])
        _put_notices(work)


def _show_gone(work: Work, args: argparse.Namespace, history: Sequence[Happened]) -> None:
    """Show what is known of a record that is in its ledger no more."""
    form = work.desk.forms[history[0].ledger]
    if args.json:
        put_json({"ledger": form.ledger, "id": args.id, "cells": None, "history": history})
        return
    print(f"「{form.label}」里已经没有 {args.id}。它的历史：")
    _put_history(work, form, history[: args.limit])
    _put_notices(work)


def _put_history(work: Work, form: Form, history: Sequence[Happened]) -> None:
    put_table(
        ("时间", "谁", "列", "原来", "改成"),
        (
            (
                entry.at.isoformat(" ", "minutes"),
                _who(work, entry),
                _what(form, entry.key),
                _text(form, entry.key, entry.old),
                _text(form, entry.key, entry.new),
            )
            for entry in history
        ),
    )


def _what(form: Form, key: str) -> str:
    rows = {"_gone": "（整条删除）", "_begun": "（新的一行）"}
    return form[key].label if key in form.by_key else rows.get(key, key)


def _who(work: Work, entry: Happened) -> str:
    """Return who changed a cell, and on which PC if it was another."""
    who = entry.by or _NOBODY.get(entry.source, "Excel")
    return f"{who}（电脑 {entry.pc}）" if entry.pc not in ("", work.desk.pc) else who


def _text(form: Form, key: str, value: object) -> str:
    if key in form.by_key:
        return shown(value, form[key].type)  # type: ignore[arg-type]  # history holds canonical values
    return "" if value is None else str(value)


def list_records(args: argparse.Namespace) -> None:
    """``storedesk list DESK LEDGER [--where 表头=值] [--limit N]``."""
    with at_work(args) as work:
        form = work.form(args.ledger)
        wanted = entries.read_entry(work.desk, form, dict(pairs(args.where, "表头=值")))
        where: tuple[Condition, ...] = tuple(Equal(key, value) for key, value in wanted.items())
        select = Select(form.ledger, where, ("id",), args.limit)
        found = records.page(work.desk, form.ledger, records.ids(work.desk, select))
        rows = [records.cells(form, record) for record in found]
        if args.json:
            put_json(rows)
            return
        columns = [c.label for c in form.in_workbook() if c.level.value in ("quick", "auto")][:8]
        shown_columns = list(dict.fromkeys([form.id_column.label, *columns]))
        put_table(shown_columns, ([row[label] for label in shown_columns] for row in rows))
        print(f"共 {len(rows)} 条")
        _put_notices(work)


def find(args: argparse.Namespace) -> None:
    """``storedesk find DESK WORDS …``: the same search as the window."""
    with at_work(args) as work:
        hits = records.find(work.desk, " ".join(args.words), args.limit)
        if args.json:
            put_json(hits)
            return
        for hit in hits:
            label = work.desk.forms[hit.ledger].label
            print(f"{hit.title}　{hit.line}　{label}　{hit.id}")
        if not hits:
            print("没有找到。可以试试姓名、拼音首字母、电话后四位、地址或车牌。")


def _put_notices(work: Work) -> None:
    for notice in work.notices():
        print(notice)
