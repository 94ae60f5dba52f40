"""Commands on the desk as a whole: init, demo, sync, check, import, undo-import, rebuild."""

from __future__ import annotations

import argparse
from pathlib import Path

from storedesk.cli.options import at_work, clock_of, report_errors
from storedesk.cli.printing import put_json, put_table
from storedesk.cli.questions import told
from storedesk.domain.problems import Problem
from storedesk.operations import checking, demo, imports, rebuilding, syncing
from storedesk.operations.desk import open_desk
from storedesk.operations.founding import init_desk
from storedesk.operations.questions import open_questions


def init(args: argparse.Namespace) -> None:
    """``storedesk init DESK --profile … --store NAME``: a new desk folder with its workbooks."""
    with init_desk(Path(args.desk), args.profile, args.store, clock=clock_of(args)) as desk:
        if args.json:
            put_json({"folder": desk.folder, "profile": desk.profile.key, "store": args.store})
            return
        print(f"「{args.store}」已建好：{desk.folder}")
        print("里面的工作簿可以随时用 Excel 或 WPS 打开、改样式、改内容：")
        for workbook in desk.forms.workbooks():
            sheets = "、".join(form.label for form in desk.sheets_of(workbook))
            print(f"  {workbook}　{sheets}")
        print("下一步：在《门店设置.xlsx》「员工」里填上同事的姓名和岗位。")


def make_demo(args: argparse.Namespace) -> None:
    """``storedesk demo DESK``: a believable store with history, and today's work."""
    made = demo.make_demo(
        Path(args.desk),
        profile=args.profile,
        customers=args.customers,
        seed=args.seed,
        clock=clock_of(args),
    )
    if args.json:
        put_json(made)
        return
    for line in made.lines:
        print(line)


def sync(args: argparse.Namespace) -> None:
    """``storedesk sync DESK``: take in outside edits, write what waits, say what still waits."""
    with open_desk(Path(args.desk), clock=clock_of(args)) as desk:
        confirmed = frozenset(name.removesuffix(".xlsx") for name in args.confirm)
        report = syncing.sync(desk, confirmed=confirmed)
        lost = checking.lost_headers(desk)
        report_errors(args, [*map(str, report.errors), *(one.sentence() for one in lost)])
        repairs = told(desk) if lost else []
        asked = open_questions(desk).sentences()
        if args.json:
            put_json(
                {
                    "taken": report.taken,
                    "written": dict(report.written),
                    "waiting": report.waiting,
                    "errors": report.errors,
                    "problems": [{**vars_of(p), "sentence": p.sentence()} for p in report.problems],
                    "repairs": repairs,
                    "questions": asked,
                }
            )
            return
        for line in report.lines():
            print(line)
        for problem in report.problems:
            if problem in lost:
                continue
            print(f"请看一下：{problem.sentence()}")
        for line in repairs:
            print(f"{line}写回表头：storedesk repair {args.desk} --yes")
        if asked:
            print(f"有 {len(asked)} 件事要您决定：storedesk decide {args.desk}")


def check(args: argparse.Namespace) -> None:
    """``storedesk check DESK``: every problem in the workbooks, with cells."""
    with at_work(args) as work:
        problems = checking.check(work.desk)
        if args.json:
            put_json([{**vars_of(p), "sentence": p.sentence()} for p in problems])
            return
        for problem in problems:
            print(problem.sentence())
        print(f"共 {len(problems)} 处要看" if problems else "没有发现问题。")
        for notice in work.notices():
            print(notice)


def vars_of(problem: Problem) -> dict[str, str]:
    """Return a problem's fields as texts."""
    names = ("what", "hint", "workbook", "sheet", "cell", "ledger", "record", "column")
    return {"kind": problem.kind.value, **{name: getattr(problem, name) for name in names}}


def import_list(args: argparse.Namespace) -> None:
    """``storedesk import DESK FILE --ledger LEDGER [--map FILE] [--preview]``."""
    with at_work(args) as work:
        form = work.form(args.ledger)
        mapping = Path(args.map) if args.map else None
        done = imports.run(
            work.desk,
            Path(args.file),
            form.ledger,
            by=work.by(),
            mapping=mapping,
            preview=args.preview,
        )
        if not args.preview:
            work.finish()
        if args.json:
            put_json({"import": done, "notices": work.notices()})
            return
        print(done.sentence)
        print("\n每一列的去向：")
        put_table(("原来的列", "去了哪里"), done.columns)
        for line in done.remarks:
            print(line)
        for notice in work.notices():
            print(notice)
        if done.batch:
            print(f"\n要撤销这次导入：storedesk undo-import {args.desk} {done.batch}")


def undo_import(args: argparse.Namespace) -> None:
    """``storedesk undo-import DESK BATCH``."""
    with at_work(args) as work:
        undone = imports.undo(work.desk, args.batch, by=work.by())
        work.finish()
        if args.json:
            put_json({"undone": undone, "notices": work.notices()})
            return
        print(undone.sentence)
        for notice in work.notices():
            print(notice)


def rebuild(args: argparse.Namespace) -> None:
    """``storedesk rebuild DESK``: throw the local mirror away and read everything anew."""
    report = rebuilding.rebuild(
        Path(args.desk), clock=clock_of(args), take_over=[one.upper() for one in args.take_over]
    )
    report_errors(args, [str(error) for error in report.errors])
    if args.json:
        put_json(report)
        return
    print(report.sentence)
