"""The command line's door: parse, run, and say expected failures in one sentence.

Exit 0 done · 1 refused or not possible · 2 misuse.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence

from storedesk.cli import backups, calls, desks, ledgers, questions, reports
from storedesk.cli.options import Parser
from storedesk.domain.errors import Misuse, StoreDeskError

Command = Callable[[argparse.Namespace], None]

COMMANDS = (
    "init", "demo", "add", "set", "show", "list", "find", "due", "call", "sync", "check",
    "import", "undo-import", "rebuild", "report", "sign", "verify", "staff",
    "backup", "restore", "decide", "repair",
)  # fmt: skip
"""Every command, so that ``__main__`` can tell a command from a desk folder without parsing."""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    logging.basicConfig(
        level=os.environ.get("STOREDESK_LOG", "ERROR"),
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        args = parser().parse_args(arguments)
        command: Command = args.command
        command(args)
        sys.stdout.flush()
    except Misuse as error:
        return _say(error, arguments, 2)
    except StoreDeskError as error:
        return _say(error, arguments, 1)
    except BrokenPipeError:
        # The reader (`| head`) has gone; what was entered is saved.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(getattr(args, "exit_code", 0))


def _say(error: StoreDeskError, arguments: Sequence[str], code: int) -> int:
    print(str(error), file=sys.stderr)
    if "--json" in arguments:
        print(json.dumps({"error": str(error), "exit": code}, ensure_ascii=False))
    return code


def parser() -> Parser:
    """Return the parser of all commands."""
    whole = Parser(
        prog="storedesk",
        description="店务台：门店客服台账。不带命令时打开窗口：storedesk [DESK]",
    )
    commands = whole.add_subparsers(dest="name", required=True, parser_class=Parser)

    def command(name: str, run: Command, explain: str, *, desk: bool = True) -> Parser:
        sub: Parser = commands.add_parser(name, help=explain, description=explain)
        if desk:
            sub.add_argument("desk", metavar="DESK", help="门店文件夹")
        sub.add_argument("--json", action="store_true", help="输出 JSON")
        sub.add_argument("--today", default="", help="按这一天算（2026-11-22 或带时间）")
        sub.set_defaults(command=run)
        return sub

    _desk_commands(command)
    _ledger_commands(command)
    _day_commands(command)
    reports.offer(command)
    backups.offer(command)
    questions.offer(command)
    return whole


def _desk_commands(command: Callable[..., Parser]) -> None:
    sub = command("init", desks.init, "新建门店文件夹和工作簿")
    sub.add_argument("--profile", required=True, choices=("furniture", "appliance", "auto"))
    sub.add_argument("--store", required=True, help="门店名称")
    sub = command("demo", desks.make_demo, "建一个练习门店，有几个月的记录和今天要办的事")
    sub.add_argument("--profile", default="furniture", choices=("furniture", "appliance", "auto"))
    sub.add_argument("--customers", type=int, default=60)
    sub.add_argument("--seed", type=int, default=7)
    sub = command("sync", desks.sync, "读入 Excel 里的改动，写入等待的登记")
    sub.add_argument("--confirm", action="append", default=[], metavar="工作簿",
                     help="确认这个工作簿里一次少了很多行是有意的")  # fmt: skip
    command("check", desks.check, "列出工作簿里所有要看一下的地方")
    sub = command("import", desks.import_list, "导入别处的名单")
    sub.add_argument("file", metavar="FILE")
    sub.add_argument("--ledger", required=True)
    sub.add_argument("--map", default="", metavar="FILE", help="列的对应关系")
    sub.add_argument("--preview", action="store_true", help="只看结果，不写入")
    sub.add_argument("--by", default="")
    sub = command("undo-import", desks.undo_import, "撤销一次导入")
    sub.add_argument("batch", metavar="BATCH")
    sub.add_argument("--by", default="")
    sub = command("rebuild", desks.rebuild, "丢掉本机缓存，全部从工作簿和「历史」重新读")
    sub.add_argument("--take-over", action="append", default=[], metavar="电脑",
                     help="那台电脑（A、B……）不再用了，它没写进工作簿的登记也找回来")  # fmt: skip


def _ledger_commands(command: Callable[..., Parser]) -> None:
    sub = command("add", ledgers.add, "登记一条")
    sub.add_argument("ledger", metavar="LEDGER")
    sub.add_argument("cells", nargs="+", metavar="表头=值")
    sub.add_argument("--by", default="")
    sub = command("set", ledgers.set_cells, "修改一条")
    sub.add_argument("id", metavar="ID")
    sub.add_argument("cells", nargs="+", metavar="表头=值")
    sub.add_argument("--by", default="")
    sub = command("show", ledgers.show, "看一条和它的历史")
    sub.add_argument("id", metavar="ID")
    sub.add_argument("--limit", type=int, default=20, help="最多几条历史")
    sub = command("list", ledgers.list_records, "列出一个台账")
    sub.add_argument("ledger", metavar="LEDGER")
    sub.add_argument("--where", action="append", default=[], metavar="表头=值")
    sub.add_argument("--limit", type=int, default=None)
    sub = command("find", ledgers.find, "按姓名、拼音首字母、数字、地址找")
    sub.add_argument("words", nargs="+", metavar="WORDS")
    sub.add_argument("--limit", type=int, default=50)


def _day_commands(command: Callable[..., Parser]) -> None:
    sub = command("due", calls.list_due, "今天该办什么、为什么")
    sub.add_argument("--on", default="", metavar="DATE")
    sub = command("call", calls.call, "登记一次回访的结果（不带 --result 时列出问卷）")
    sub.add_argument("id", metavar="ID")
    sub.add_argument("--result", default="", help="成功、无人接听、改约、拒访、空号……")
    sub.add_argument("--answer", action="append", default=[], metavar="题号=值", nargs="+")
    sub.add_argument("--opinion", default="", help="客户意见原话")
    sub.add_argument("--at", default="", help="改约的时间，如 2026-11-23T15:30")
    sub.add_argument("--note", default="")
    sub.add_argument("--channel", default="电话")
    sub.add_argument("--by", default="")
