"""Commands of the day: due and call."""

from __future__ import annotations

import argparse
from datetime import datetime

from storedesk.cli.options import Work, at_work, day_of, pairs
from storedesk.cli.printing import put_json, put_table
from storedesk.domain.errors import Misuse
from storedesk.domain.questionnaires import Answer, Questionnaire
from storedesk.operations import due, followups


def list_due(args: argparse.Namespace) -> None:
    """``storedesk due DESK [--on DATE]``: what is owed, to whom, by when, and why."""
    with at_work(args) as work:
        found = due.due_list(work.desk, day_of(args.on) if args.on else None)
        if args.json:
            put_json(found)
            return
        print(f"{found.on.isoformat()}　{found.headline}")
        for heading, items in found.groups():
            print(f"\n{heading}（{len(items)}）")
            put_table(
                ("客户", "电话", "什么事", "为什么", "谁办", "编号"),
                (
                    (
                        i.customer_name,
                        i.phone,
                        f"{i.kind} {i.what}".strip(),
                        i.reason,
                        i.owner,
                        i.record,
                    )
                    for i in items
                ),
            )
        for notice in work.notices():
            print(notice)


def call(args: argparse.Namespace) -> None:
    """``storedesk call DESK ID --result 结果 [--answer 题号=值 …] [--opinion 原话]``."""
    with at_work(args) as work:
        if not args.result:
            _put_questions(work, args)
            return
        logged = followups.log_call(
            work.desk,
            args.id,
            args.result,
            answers=pairs([word for words in args.answer for word in words], "题号=值"),
            opinion=args.opinion,
            by=work.by(),
            note=args.note,
            appointed_at=_moment(args.at) if args.at else None,
            channel=args.channel,
        )
        work.finish()
        if args.json:
            put_json({"call": logged, "notices": work.notices()})
            return
        print(logged.sentence)
        for remark in logged.remarks:
            print(f"请看一下：{remark}")
        for notice in work.notices():
            print(notice)


def _put_questions(work: Work, args: argparse.Namespace) -> None:
    questionnaire = followups.questionnaire_for(work.desk, args.id)
    if args.json:
        put_json(questionnaire)
        return
    print(f"{questionnaire.title}（{questionnaire.id}）　★ 为快速版要问的")
    put_table(("题号", "问什么", "怎么答"), _questions(questionnaire))
    print("登记结果：storedesk call DESK ID --result 成功 --answer 题号=值 … --opinion 客户原话")


def _questions(questionnaire: Questionnaire) -> list[tuple[str, str, str]]:
    ways = {
        Answer.SCORE: "1–5，0 = 不表态",
        Answer.RECOMMEND: "0–10",
        Answer.TEXT: "客户原话",
    }
    return [
        (
            item.number + ("★" if item.number in questionnaire.short else ""),
            item.title,
            ways.get(item.answer) or " / ".join(item.options),
        )
        for item in questionnaire.items
    ]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise Misuse(f"时间「{text}」看不懂，请写成 2026-11-22T15:30。") from None
