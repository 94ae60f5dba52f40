"""Commands on reports: report, sign, verify; and on who signs them: staff."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from storedesk.cli.options import Parser, Work, at_work, day_of, report_errors
from storedesk.cli.printing import put_json, put_table
from storedesk.domain.errors import Misuse
from storedesk.domain.paper_errors import TrustUnreadable
from storedesk.domain.signatures import Verdict
from storedesk.operations import keys, reports, signing, trust
from storedesk.operations.keys import KeyMade, StaffLine
from storedesk.operations.reports import ReportLine
from storedesk.operations.signing import Order

PASSPHRASE = "STOREDESK_PASSPHRASE"  # noqa: S105  # the variable's name
_LATER = ("weekly", "monthly", "supervision")
_UNREADABLE = 2


def offer(command: Callable[..., Parser]) -> None:
    """Add the commands of this module to the parser."""
    sub = command("report", report, "出日报，或列出已有的报表")
    sub.add_argument("what", metavar="daily|list", choices=("daily", "list", *_LATER))
    sub.add_argument("--on", default="", metavar="DATE", help="哪一天的（默认今天）")
    sub.add_argument("--kind", default="", help="7DC 或 3DC：汽车店每天各一份，只出一种时写")
    sub.add_argument("--amend", action="store_true", help="已签字的，出更正版")
    sub.add_argument("--reason", default="", help="更正原因")
    sub.add_argument("--limit", type=int, default=20)
    sub.add_argument("--by", default="")
    sub = command("sign", sign, "签报表，可一次签几份；口令从键盘输入")
    sub.add_argument("reports", nargs="+", metavar="REPORT")
    sub.add_argument("--as", dest="signer", required=True, metavar="NAME", help="姓名或岗位")
    sub.add_argument("--comment", default="", help="批示，最后一位签字时写")
    sub.add_argument("--owner", default="", help="批示由谁落实（默认审核人）")
    sub.add_argument("--due", default="", metavar="DATE", help="批示期限（默认看批示里写的）")
    sub.add_argument("--key", default="", metavar="FILE", help="签名钥匙文件，如签名U盘上的")
    sub = command("verify", verify, "核验报表：谁签的、签后有没有改动", desk=False)
    sub.add_argument("files", nargs="+", metavar="FILE")
    sub.add_argument("--root", action="append", default=[], metavar="CERT", help="只信任这个根证书")
    _offer_staff(command)


def _offer_staff(command: Callable[..., Parser]) -> None:
    sub = command("staff", staff, "谁能签字；办理、登记、作废签名钥匙")
    doings = ("list", "key", "revoke", "root", "trust")
    sub.add_argument("what", nargs="?", default="list", choices=doings, metavar="|".join(doings))
    sub.add_argument("name", nargs="?", default="", metavar="NAME|FILE")
    sub.add_argument("--role", action="append", default=[], help="签字的岗位，可写几次")
    sub.add_argument("--to", default="", metavar="FILE", help="钥匙或证书存到哪里，如签名U盘")
    sub.add_argument("--from", dest="file", default="", metavar="FILE", help="登记已有的钥匙文件")
    sub.add_argument("--renew", action="store_true", help="已有钥匙，也重办一把")
    sub.add_argument("--left", action="store_true", help="因离职作废：以前签的仍算数")
    sub.add_argument("--by", default="")


# --- report, sign ---------------------------------------------------------------------------------


def report(args: argparse.Namespace) -> None:
    """``storedesk report DESK daily [--on DATE]`` and ``storedesk report DESK list``."""
    if args.what in _LATER:
        raise Misuse("周报、月报和监督报告还没有做，现在可以出日报：report 门店 daily。")
    with at_work(args) as work:
        if args.what == "list":
            _put_reports(args, reports.list_reports(work.desk, args.limit))
            return
        on = day_of(args.on) if args.on else work.desk.clock.now().date()
        made = reports.make_daily(
            work.desk, on, by=work.by(), kind=args.kind, amend=args.amend, reason=args.reason
        )
        work.finish()
        if args.json:
            put_json({"reports": made, "notices": work.notices()})
            return
        for one in made:
            print(one.sentence)
            print(f"　　{one.path}")
            for remark in one.remarks:
                print(f"请看一下：{remark}")
        _put_notices(work)


def _put_reports(args: argparse.Namespace, found: list[ReportLine]) -> None:
    if args.json:
        put_json(found)
        return
    put_table(
        ("编号", "日期", "状态", "等谁签", "批示", "批示完成情况", "文件"),
        (
            (
                one.report_no,
                one.reported_on.isoformat() if one.reported_on else "",
                one.status,
                one.waits_for,
                one.instruction,
                one.instruction_status,
                one.path.name if one.is_there else "找不到",
            )
            for one in found
        ),
    )
    print(f"共 {len(found)} 份")


def sign(args: argparse.Namespace) -> None:
    """``storedesk sign DESK REPORT … --as NAME [--comment TEXT]``."""
    with at_work(args) as work:
        order = Order(args.comment.strip(), args.owner, day_of(args.due) if args.due else None)
        key = Path(args.key) if args.key else None
        plan = signing.plan_signing(work.desk, args.reports, args.signer, order=order, key=key)
        signed = signing.carry_out(plan, passphrase(f"{plan.name}的签名口令："))
        done = signing.settle(work.desk, plan, signed)
        work.finish()
        if args.json:
            put_json({"signing": done, "notices": work.notices()})
        else:
            for one in done.signed:
                print(one.sentence)
            if done.instruction:
                print(done.instruction)
            _put_notices(work)
        report_errors(args, [one.sentence for one in done.refused])


# --- verify ---------------------------------------------------------------------------------------


def verify(args: argparse.Namespace) -> None:
    """``storedesk verify FILE … [--root CERT]``: exit 0 trusted, 1 not, 2 could not be read."""
    try:
        verdicts = [
            (name, signing.verify(Path(name), [Path(root) for root in args.root]))
            for name in args.files
        ]
    except TrustUnreadable as error:
        args.exit_code = _UNREADABLE
        if args.json:
            put_json({"error": str(error), "exit": _UNREADABLE})
        print(str(error), file=sys.stderr)
        return
    if args.json:
        put_json([_as_json(name, verdict) for name, verdict in verdicts])
    else:
        for name, verdict in verdicts:
            _put_verdict(name, verdict)
    args.exit_code = max(verdict.exit_code for _, verdict in verdicts)


def _as_json(name: str, verdict: Verdict) -> dict[str, object]:
    return {
        "file": name,
        "exit": verdict.exit_code,
        "headline": verdict.headline(),
        "verdict": verdict,
    }


def _put_verdict(name: str, verdict: Verdict) -> None:
    print(f"{Path(name).name}\n{verdict.headline()}")
    for signer in verdict.signers:
        print(f"　{signer.sentence()}　证书 {signer.certificate}")
    for finding in verdict.findings:
        print(f"　问题：{finding}")
    for note in verdict.notes:
        print(f"　说明：{note}")


# --- staff ----------------------------------------------------------------------------------------


def staff(args: argparse.Namespace) -> None:
    """``storedesk staff DESK [key NAME | revoke NAME | root | trust FILE]``."""
    with at_work(args) as work:
        doings: dict[str, Callable[[Work], None]] = {
            "list": _list_staff,
            "key": _make_key,
            "revoke": _revoke,
            "root": _export_root,
            "trust": _trust,
        }
        doings[args.what](work)
        _put_notices(work)


def _list_staff(work: Work) -> None:
    found = keys.list_staff(work.desk)
    if work.args.json:
        put_json(found)
        return
    put_table(("编号", "姓名", "签字岗位", "签名钥匙", "有效到", "在哪里"), map(_staff_row, found))
    if not found:
        print("还没有人能签字。办理：staff 门店 key 姓名 --role 岗位")


def _staff_row(line: StaffLine) -> tuple[str, ...]:
    key = line.key
    if key is None:
        return (line.id, line.name, line.signs_as, "没有", "", "")
    state = f"{key.state}（试用）" if key.trial else key.state
    until = f"{key.valid_until:%Y-%m-%d}" if key.valid_until else ""
    return (line.id, line.name, line.signs_as, state, until, str(key.path))


def _make_key(work: Work) -> None:
    args = work.args
    name = _given(args, "姓名")
    if args.file:
        _put_key(work, keys.take_key(work.desk, name, Path(args.file)))
        return
    made = keys.make_key(
        work.desk,
        name,
        args.role,
        passphrase(f"给{name}设签名口令（至少 8 个字符）：", twice=True),
        by=args.by or os.environ.get("STOREDESK_USER", ""),
        to=Path(args.to) if args.to else None,
        renew=args.renew,
    )
    work.finish()
    _put_key(work, made)


def _put_key(work: Work, made: KeyMade) -> None:
    if work.args.json:
        put_json({"key": made, "notices": work.notices()})
    else:
        print(made.sentence)


def _revoke(work: Work) -> None:
    args = work.args
    key = keys.revoke(work.desk, _given(args, "姓名"), left=args.left)
    if args.json:
        put_json(key)
        return
    rest = "以前签的仍算数" if args.left else "用它签的都不再算数"
    print(f"{args.name}的签名证书 {key.mark} 已作废，{rest}。")


def _export_root(work: Work) -> None:
    args = work.args
    to = Path(args.to or args.name or ".")
    root = keys.export_root(work.desk, to)
    if args.json:
        put_json({"issuer": root.issuer, "fingerprint": root.fingerprint})
        return
    print(f"根证书「{root.issuer}」已导出。指纹 {root.fingerprint}，请当面或电话核对。")


def _trust(work: Work) -> None:
    root = trust.pin_file(Path(_given(work.args, "根证书文件")))
    if work.args.json:
        put_json({"issuer": root.issuer, "fingerprint": root.fingerprint})
        return
    print(f"本机从现在起信任「{root.issuer}」。指纹 {root.fingerprint}，请与对方核对。")


def _given(args: argparse.Namespace, what: str) -> str:
    if not args.name:
        raise Misuse(f"请写上{what}：staff 门店 {args.what} {what}。")
    return str(args.name)


def passphrase(prompt: str, *, twice: bool = False) -> str:
    """Return a passphrase from ``STOREDESK_PASSPHRASE`` or the keyboard, which does not show it.

    Raises:
        Misuse: there is no keyboard, or the two did not agree.
    """
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Misuse(f"需要签名口令：请在键盘上输入，或设置 {PASSPHRASE}。")
    typed = getpass.getpass(prompt)
    if twice and getpass.getpass("再输一次：") != typed:
        raise Misuse("两次输入的口令不一样，没有办理。")
    return typed


def _put_notices(work: Work) -> None:
    if not work.args.json:
        for notice in work.notices():
            print(notice)
