"""The messages of shop.md §5: what happened, what it means, what can be done.

They set the tone for all others and keep their numbers. 6 (altered) is said by the verdict itself;
9 (stock) and 11 (import) belong to pages that are not there yet. Each function returns the sentence
and the words on its buttons; who shows it says what the buttons do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storedesk.gui.texts import tr


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, its tone, and the words on the buttons below it."""

    text: str
    tone: str = "info"
    buttons: tuple[str, ...] = ()


def held(workbook: str, holder: str, count: int) -> Message:
    """1: somebody has the workbook open; entries are safe."""
    who = tr("被{holder}打开").format(holder=holder) if holder else tr("被别的程序打开")
    text = tr("《{workbook}》正{who}。您照常登记：{count} 条已存好，关掉表格后自动写入。")
    return Message(
        text.format(workbook=workbook, who=who, count=count),
        "warn",
        (tr("知道了"), tr("看这 {count} 条").format(count=count)),
    )


def waiting(workbook: str, count: int, since: str) -> Message:
    """2: entries wait for long; ``since`` such as 「1 天」."""
    text = tr(
        "{count} 条已存好，等了 {since}还没写进 Excel，不会丢。请在那台电脑上关闭《{workbook}》。"
    )
    return Message(
        text.format(count=count, since=since, workbook=workbook),
        "warn",
        (tr("再试"), tr("另存这 {count} 条").format(count=count)),
    )


def too_much_changed(workbook: str) -> Message:
    """Much of a workbook changed at once: nothing is taken in before a person was asked.

    The question itself, and what it is about, stands on 需核对 (``meant_like_that``).
    """
    text = tr("《{workbook}》一次改了很多行，先没有读入。请看一下是不是故意的。")
    return Message(text.format(workbook=workbook), "warn", (tr("去看看"), tr("稍后")))


def meant_like_that(question: str) -> Message:
    """Much of a workbook changed at once; the question says what."""
    return Message(
        question, "warn", (tr("确实是这样，读入"), tr("从备份恢复"), tr("我去 Excel 里撤销"))
    )


def row_deleted(question: str) -> Message:
    """A row was deleted in Excel while its record was edited here; the question names both."""
    return Message(question, "warn", (tr("写回表格"), tr("确实删掉"), tr("看这一条")))


def conflict(question: str, *, entered_here: bool = True) -> Message:
    """3: both sides changed a cell; the question names both values.

    The other value may also come from a conflict copy or from another PC.
    """
    ours = tr("用店务台的") if entered_here else tr("用另一份的")
    return Message(question, "warn", (ours, tr("用 Excel 的"), tr("自己填")))


def not_closed_properly(at: datetime, drafts: int) -> Message:
    """4: the program ended without being closed; nothing that was saved is lost."""
    text = tr("上次没有正常退出（{at}）。已保存的都在").format(at=f"{at:%m-%d %H:%M}")
    if drafts:
        text += tr("，另有 {count} 份没填完").format(count=drafts)
        return Message(text + "。", "info", (tr("接着填"), tr("不要了")))
    return Message(text + "。", "info", (tr("知道了"),))


def wrong_passphrase() -> Message:
    """5: the passphrase does not open the signing key."""
    text = tr("签名口令不对，报表没有变动。忘了口令：设置 › 签名 › 重办。")
    return Message(text, "danger")


def duplicate(name: str, line: str) -> Message:
    """7: the phone belongs to a customer already; ``line`` says who that is."""
    text = tr("这个电话已有客户：{who}。").format(who="，".join(filter(None, (name, line))))
    return Message(text, "warn", (tr("打开他"), tr("是家人，另建")))


def missed(first: str, last: str, counts: dict[str, int]) -> Message:
    """8: things fell due while nobody was here; ``counts`` by what they are."""
    span = first if first == last else tr("{first} 至 {last}").format(first=first, last=last)
    parts = "、".join(f"{name} {count}" for name, count in counts.items())
    text = tr("{span} 有 {count} 件到期：{parts}。都在，已按急的排好。")
    return Message(
        text.format(span=span, count=sum(counts.values()), parts=parts),
        "warn",
        (tr("开始处理"), tr("稍后")),
    )


def call_window(hint: str) -> Message:
    """10: not the time to call; the hint comes from the rules."""
    return Message(hint, "warn", (tr("改到合适的时间"), tr("客户约的，现在打")))


def nothing_due(next_line: str) -> Message:
    """12: nothing is owed now; what comes next."""
    text = tr("今天没有到期的事。")
    if next_line:
        text += tr("下一件：{next}").format(next=next_line.rstrip("。")) + "。"
    return Message(text, "ok", (tr("记一笔"),))
