"""Results of a call: the code table of domain.md §5.5.

People write the name; the code is for figures and scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from storedesk.domain.values import label_key


class Counts(Enum):
    """How a result counts in figures."""

    SUCCESS = "success"
    IF_ANSWERED = "if_answered"
    """Only if the overall score and "solved?" were answered (§5.4 rule 5)."""
    FAILURE = "failure"
    EXCLUDED = "excluded"
    """Not in any denominator."""
    OPEN = "open"
    """Nothing is decided yet."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result.

    Attributes:
        code: such as ``20``.
        name: as the choice list 拨打结果 has it.
        also: other ways people write it.
        contacted: somebody answered (接通).
        final: the follow-up ends with it, unless a spare number is left.
        counts: see ``Counts``.
        dead_number: the number itself is wrong (rule R29).
    """

    code: str
    name: str
    also: tuple[str, ...] = ()
    contacted: bool = False
    final: bool = False
    counts: Counts = Counts.OPEN
    dead_number: bool = False


SUCCESS = Result(
    "00",
    "成功",
    ("成功(问卷完成)", "成功问卷完成", "成功微信", "完成", "已完成"),
    contacted=True,
    final=True,
    counts=Counts.SUCCESS,
)
PARTIAL = Result("01", "部分成功", (), contacted=True, final=True, counts=Counts.IF_ANSWERED)
APPOINTED = Result("10", "改约", ("预约", "已改约", "约时间"), contacted=True)
NOT_IN = Result("11", "本人不在", ("家人接", "家人接听"), contacted=True)
REFUSED = Result(
    "12", "拒访", ("拒绝", "拒绝回访"), contacted=True, final=True, counts=Counts.FAILURE
)
HUNG_UP = Result("13", "接通后挂断", ("挂断",), contacted=True, counts=Counts.FAILURE)
NO_ANSWER = Result(
    "20",
    "无人接听",
    ("没人接", "未接", "无人接", "未接听", "没接", "未接通", "拒接"),
    counts=Counts.FAILURE,
)
BUSY = Result("21", "占线", ("正忙", "忙线", "占线正忙"), counts=Counts.FAILURE)
SWITCHED_OFF = Result("22", "关机", ("已关机",), counts=Counts.FAILURE)
DIVERTED = Result("23", "呼叫转移", ("来电助手", "呼叫转移/来电助手"), counts=Counts.FAILURE)
OUT_OF_REACH = Result(
    "24", "无法接通", ("不在服务区", "无法接通/不在服务区"), counts=Counts.FAILURE
)
OUT_OF_SERVICE = Result(
    "30", "停机", ("已停机", "欠费停机"), final=True, counts=Counts.FAILURE, dead_number=True
)
NO_SUCH_NUMBER = Result("31", "空号", (), final=True, counts=Counts.FAILURE, dead_number=True)
WRONG_NUMBER = Result(
    "32",
    "错号",
    ("打错", "非本人", "号码错误"),
    contacted=True,
    final=True,
    counts=Counts.FAILURE,
    dead_number=True,
)
LANGUAGE = Result(
    "33",
    "语言或听力障碍",
    ("语言/听力障碍", "语言不通", "听力障碍"),
    contacted=True,
    final=True,
    counts=Counts.FAILURE,
)
EXEMPT = Result(
    "40", "客户要求免访", ("免访", "要求免访"), contacted=True, final=True, counts=Counts.EXCLUDED
)
VOID = Result("90", "作废", (), final=True, counts=Counts.EXCLUDED)

RESULTS = (
    SUCCESS,
    PARTIAL,
    APPOINTED,
    NOT_IN,
    REFUSED,
    HUNG_UP,
    NO_ANSWER,
    BUSY,
    SWITCHED_OFF,
    DIVERTED,
    OUT_OF_REACH,
    OUT_OF_SERVICE,
    NO_SUCH_NUMBER,
    WRONG_NUMBER,
    LANGUAGE,
    EXEMPT,
    VOID,
)

NO_CONTACT = (NO_ANSWER, BUSY, SWITCHED_OFF, DIVERTED, OUT_OF_REACH)
"""Nobody was reached; the number may be right (§5.4 rule 1)."""

MESSAGES = ("短信", "微信")
"""Channels by which a message is left rather than a call made."""

_BY_NAME = {
    label_key(name): result
    for result in RESULTS
    for name in (result.code, result.name, *result.also)
}


def result_of(text: str) -> Result | None:
    """Return the result of this code or name, or None if it is none."""
    return _BY_NAME.get(label_key(text))


def shown_with_channel(result: Result, channel: str) -> str:
    """Return the name people read, such as 成功(微信) for an answer by message (shop.md §3)."""
    return f"{result.name}({channel})" if result is SUCCESS and channel in MESSAGES else result.name
