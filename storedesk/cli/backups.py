"""Commands on backups: backup, restore."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

from storedesk.cli.options import Parser, Work, at_work, report_errors
from storedesk.cli.printing import put_json, put_table
from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.operations import backing_up, restoring
from storedesk.operations.restore_preview import RestorePreview


def offer(command: Callable[..., Parser]) -> None:
    """Add the commands to the parser."""
    command("backup", backup, "现在就把每本工作簿备一份")
    sub = command("restore", restore, "从备份恢复工作簿；不写 --workbook 和 --at 时列出有哪些备份")
    sub.add_argument("--workbook", default="", metavar="工作簿", help="只恢复这一本")
    sub.add_argument("--at", default="", metavar="WHEN",
                     help="恢复到这时候（2026-11-22 或带时间）；默认最近一份")  # fmt: skip
    sub.add_argument("--preview", action="store_true", help="只看会变什么，不恢复")
    sub.add_argument("--keep-edits", action="store_true",
                     help="备份以后在 Excel 里改的内容也留着")  # fmt: skip
    sub.add_argument("--by", default="")


def backup(args: argparse.Namespace) -> None:
    """``storedesk backup DESK``: a plain copy of every workbook, now."""
    with at_work(args) as work:
        desk = work.desk
        limit = desk.settings.backup_limit
        made = backing_up.make(desk.folder, desk.forms.workbooks(), desk.clock.now(), limit)
        report_errors(args, list(made.errors))
        if args.json:
            put_json({"backup": made, "notices": work.notices()})
            return
        for line in (*made.lines(), *work.notices()):
            print(line)


def restore(args: argparse.Namespace) -> None:
    """``storedesk restore DESK [--workbook NAME] [--at WHEN] [--preview] [--keep-edits]``."""
    with at_work(args) as work:
        if not args.workbook and not args.at:
            _list_points(work, args)
            return
        undo = False if args.keep_edits else None
        seen = [_preview(work, workbook, args.at, undo) for workbook in _wanted(work, args)]
        if args.preview:
            _put_previews(args, seen)
            return
        by = work.by()
        done = [restoring.restore_now(work.desk, one, by=by) for one in seen]
        work.finish()
        report_errors(args, [one.sentence for one in done if not one.done])
        if args.json:
            put_json(
                {
                    "restored": [one.workbook for one in done if one.done],
                    "previews": [_plain(one) for one in seen],
                    "notices": work.notices(),
                }
            )
            return
        for preview, one in zip(seen, done, strict=True):
            if one.done:
                print(one.sentence)
                for line in preview.lines()[1:]:
                    print(f"  {line}")
        for notice in work.notices():
            print(notice)


def _wanted(work: Work, args: argparse.Namespace) -> list[str]:
    """Return the workbooks to restore: the one named, or all."""
    known = list(work.desk.forms.workbooks())
    if not args.workbook:
        return known
    name = f"{args.workbook.removesuffix('.xlsx')}.xlsx"
    if name not in known:
        raise Misuse(f"没有《{args.workbook}》这本工作簿。有：{'、'.join(known)}。")
    return [name]


def _preview(work: Work, workbook: str, at: str, undo: bool | None) -> RestorePreview:  # noqa: FBT001  # None: as the workbook is
    moment = _moment(at) if at else None
    point = restoring.point_at(work.desk.folder, workbook, moment)
    return restoring.preview_now(work.desk, point, undo_excel=undo)


def _moment(text: str) -> datetime:
    """Return a moment; of a day alone its end."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Misuse(f"时间「{text}」看不懂，请写成 2026-11-22 或 2026-11-22T15:30。") from None
    return moment if len(text) > len("2026-11-22") else datetime.combine(moment, time.max)


def _list_points(work: Work, args: argparse.Namespace) -> None:
    try:
        found = restoring.points(work.desk.folder)
    except StoreDeskError as error:
        raise Misuse(str(error)) from error
    if args.json:
        put_json(found)
        return
    put_table(
        ("工作簿", "时间", "大小", ""),
        (
            (
                one.workbook,
                f"{one.at:%Y-%m-%d %H:%M:%S}",
                f"{one.size / 1024:.0f} KB",
                "恢复前的样子" if one.replaced else "",
            )
            for one in found
        ),
    )
    print(f"\n先看会变什么：storedesk restore {args.desk} --workbook 客户档案 --at 时间 --preview")


def _put_previews(args: argparse.Namespace, seen: list[RestorePreview]) -> None:
    if args.json:
        put_json([_plain(one) for one in seen])
        return
    for one in seen:
        for line in one.lines():
            print(line)


def _plain(seen: RestorePreview) -> dict[str, object]:
    """Return a preview for scripts, without what was read for it."""
    return {
        "workbook": seen.point.workbook,
        "at": seen.point.at,
        "path": Path(seen.point.path),
        "undo_excel": seen.undo_excel,
        "why": seen.why,
        "cells": seen.cells,
        "back": seen.back,
        "going": seen.going,
        "kept": seen.kept,
        "calls": seen.calls,
    }
