"""Commands on what only a person can decide: decide, repair."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from storedesk.cli.options import Parser, Work, at_work, clock_of, pairs, report_errors
from storedesk.cli.printing import put_json, put_table
from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.operations import (
    alarms,
    conflicts,
    deletions,
    questions,
    renaming,
    repairing,
    syncing,
)
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.repairing import Proposal, Survey
from storedesk.operations.rows import cell_name

OURS, THEIRS, WRITE_BACK, DELETE, MEANT = "ours", "theirs", "write-back", "delete", "meant"


def offer(command: Callable[..., Parser]) -> None:
    """Add the commands to the parser."""
    sub = command("decide", decide, "列出要您决定的事；写上哪一件和怎么办就照办")
    sub.add_argument("about", metavar="ABOUT", nargs="?", default="", help="列出来的第一栏")
    sub.add_argument("answer", metavar="ANSWER", nargs="?", default="",
                     help="ours、theirs、write-back、delete、meant")  # fmt: skip
    sub.add_argument("--value", default=None, metavar="TEXT", help="两边都不用，改成这个")
    sub.add_argument("--by", default="")
    sub = command("repair", repair, "表头丢了：说明哪一列应该是什么；加 --yes 写回表头")
    sub.add_argument("--yes", action="store_true", help="照这样写回")
    sub.add_argument("--keep", action="store_true", help="不写回：表头留着现在的名字，以后都认它")
    sub.add_argument("--column", action="append", default=[], metavar="表头=列",
                     help="这一列的表头写在哪一列，如 联系电话=C")  # fmt: skip


def decide(args: argparse.Namespace) -> None:
    """``storedesk decide DESK [ABOUT ANSWER|--value TEXT]``."""
    with at_work(args) as work:
        if args.about:
            _answer(work, args)
            work.finish()
        _put_questions(work.desk, args)
        if not args.json:
            for notice in work.notices():
                print(notice)


def _answer(work: Work, args: argparse.Namespace) -> None:
    desk, about, answer = work.desk, args.about, args.answer
    asked = questions.open_questions(desk)
    for clash in asked.clashes:
        if str(clash.number) == about and args.value is not None:
            conflicts.use_other(desk, clash.number, args.value, by=work.by())
            return
        if str(clash.number) == about and answer in (OURS, THEIRS):
            use = conflicts.use_ours if answer == OURS else conflicts.use_theirs
            use(desk, clash.number, by=work.by())
            return
    for gone in asked.deletions:
        if gone.record == about and answer in (WRITE_BACK, DELETE):
            settle = deletions.write_back if answer == WRITE_BACK else deletions.delete
            settle(desk, gone.ledger, gone.record, by=work.by())
            return
    for alarm in asked.alarms:
        if alarm.workbook.removesuffix(".xlsx") == about.removesuffix(".xlsx") and answer == MEANT:
            alarms.confirm(desk, alarm.workbook)
            return
    raise Misuse(f"「{about} {answer}」不是要决定的事，或答复不对。用 storedesk decide 看有哪些。")


def _put_questions(desk: Desk, args: argparse.Namespace) -> None:
    asked = questions.open_questions(desk)
    rows = [(one.workbook, MEANT, one.sentence()) for one in asked.alarms]
    rows += [(one.record, f"{WRITE_BACK}|{DELETE}", one.sentence()) for one in asked.deletions]
    rows += [(str(one.number), f"{OURS}|{THEIRS}", one.sentence()) for one in asked.clashes]
    if args.json:
        names = ("about", "answers", "sentence")
        put_json([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        put_table(("哪一件", "怎么办", "是什么事"), rows)
    else:
        print("没有要您决定的事。")


def repair(args: argparse.Namespace) -> None:
    """``storedesk repair DESK [--yes|--keep] [--column 表头=列]``."""
    if args.keep:
        _keep_names(args)
        return
    with at_work(args) as work:
        found = repairing.survey(work.desk)
        proposals = [_as_wished(one, args) for one in repairing.propose(found)]
        done = [args.yes and _repaired(found, one) for one in proposals]
        if args.yes:
            work.finish()
        if args.json:
            put_json([_plain(one, done=did) for one, did in zip(proposals, done, strict=True)])
            return
        for one, did in zip(proposals, done, strict=True):
            print(f"已写回表头：{_columns(one)}" if did else one.sentence())
        if not proposals:
            print("没有能修的表头。")
        elif not args.yes:
            print(f"照这样写回表头：storedesk repair {args.desk} --yes")
            print(f"表头留着现在的名字，以后都认它：storedesk repair {args.desk} --keep")


def _keep_names(args: argparse.Namespace) -> None:
    """Learn the headers as they stand, and read the workbooks by them."""
    with open_desk(Path(args.desk), clock=clock_of(args)) as desk:
        syncing.sync(desk)
        proposals = [_as_wished(one, args) for one in repairing.propose(repairing.survey(desk))]
        learned = renaming.keep_names(desk.folder, desk.forms, proposals)
    report_errors(args, list(learned.refused))
    with at_work(args):
        if args.json:
            put_json(learned)
            return
        for line in learned.told:
            print(line)
        if learned.told:
            print("店务台窗口如果开着，请关掉再打开一次。")
        else:
            print("没有可以记下的表头。")


def told(desk: Desk) -> list[str]:
    """Return what can be done about lost headers, in sentences; none if no workbook can be read."""
    try:
        return [one.sentence() for one in repairing.propose(repairing.survey(desk))]
    except StoreDeskError:
        return []


def _as_wished(one: Proposal, args: argparse.Namespace) -> Proposal:
    """Return a proposal with the columns a person has named.

    Raises:
        Misuse: there is no such column.
    """
    wished = pairs(args.column, "表头=列，如 联系电话=C")
    places = {_letters(choice.position): choice.position for choice in one.choices}
    columns = []
    for column in one.columns:
        letters = wished.get(column.label, "").upper()
        if letters and letters not in places:
            raise Misuse(f"「{letters}」列不能当「{column.label}」。可选：{'、'.join(places)}。")
        columns.append(column.placed(places[letters]) if letters else column)
    return one.with_columns(columns)


def _repaired(found: Survey, one: Proposal) -> bool:
    """Write the headers; what stands in the way is said, and the others go on."""
    if one.obstacle or not one.proposed:
        return False
    try:
        repairing.carry_out(found.folder, found.now, one, one.proposed)
    except StoreDeskError as error:
        print(str(error), file=sys.stderr)
        return False
    return True


def _plain(one: Proposal, *, done: bool) -> dict[str, object]:
    return {
        "workbook": one.workbook,
        "sheet": one.sheet,
        "row": one.row,
        "columns": {c.label: _letters(c.position) for c in one.columns if c.position},
        "obstacle": one.obstacle,
        "sentence": one.sentence(),
        "repaired": done,
    }


def _columns(one: Proposal) -> str:
    places = (f"{_letters(c.position)} 列「{c.label}」" for c in one.columns if c.position)
    return f"《{one.workbook}》「{one.sheet}」" + "、".join(places)


def _letters(position: int) -> str:
    return cell_name(position, 1).rstrip("0123456789")
