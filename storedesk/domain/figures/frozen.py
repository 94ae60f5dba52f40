"""What a report holds for machines: its facts as a plain tree, and how two trees differ.

The tree is attached to the PDF as JSON (pdf.md §4). Compared with the same day told from today's
ledgers it shows what was changed after signing (shop.md §6.7).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from storedesk.domain.daily import Correction

FORMAT = 1
"""Of the tree; a reader leaves alone what it does not know."""

Tree = Mapping[str, Any]

_ROW_LABELS = {
    "customer": "客户",
    "phone": "电话",
    "product": "产品",
    "event_on": "日期",
    "caller": "回访人",
    "called_at": "回访时间",
    "result": "结果",
    "overall": "满意度",
    "recommend": "推荐分",
    "solved": "已解决",
    "complained": "抱怨",
    "opinion": "客户意见",
}
"""Facts of the day. What is done about an opinion goes on afterwards and is no correction."""

_ISSUE_LABELS = {
    "customer": "客户",
    "raised_on": "提出日期",
    "content": "意见内容",
    "answer_due_at": "答复期限",
}
_COUNT_LABELS = {
    "due_count": "应访",
    "attempted_count": "实访",
    "success_count": "成功",
    "failed_count": "失败",
    "rescheduled_count": "改约",
    "untried_count": "未访",
    "complained_count": "抱怨",
}
_NONE = "（空）"
_ABSENT = "（没有这一行）"


def plain(value: object) -> object:
    """Return a value as plain JSON types: ISO dates, moments to the minute, dataclasses as maps."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def as_json(tree: Tree) -> bytes:
    """Return a tree as JSON with sorted keys and no blanks: the same facts, the same bytes."""
    text = json.dumps(plain(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def read_json(content: bytes) -> Tree:
    """Return the tree a report holds, an empty one if this program cannot read it."""
    try:
        tree = json.loads(content)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) and tree.get("format") == FORMAT else {}


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """A cell or figure that reads otherwise now.

    Attributes:
        record: id of the follow-up or opinion; empty of a figure.
        key: of the cell or count.
        where: for people.
    """

    record: str
    key: str
    where: str
    was: str
    now: str

    @property
    def is_figure(self) -> bool:
        """Whether it is a printed figure, which asks for an amendment."""
        return not self.record

    def correction(self, report_no: str, reason: str) -> Correction:
        """Return it as a line of a report."""
        return Correction(report_no, self.where, self.was, self.now, reason)


def differences(frozen: Tree, now: Tree) -> tuple[Difference, ...]:
    """Return what reads otherwise now: figures first, then lines, in the order of the sections.

    Args:
        frozen: as attached to the report.
        now: the same day told from today's ledgers, as read back by ``read_json``.
    """
    if not frozen:
        return ()
    found: list[Difference] = []
    later = {section["key"]: section for section in now.get("sections", ())}
    for section in frozen.get("sections", ()):
        told = later.get(section["key"], {})
        found += _figures(section, told)
        found += _cells(section.get("rows", ()), told.get("rows", ()), "id", _ROW_LABELS)
    found += _cells(_raised(frozen), _raised(now), "number", _ISSUE_LABELS)
    return tuple(found)


def _raised(tree: Tree) -> list[Tree]:
    """Return the opinions raised in a report's own days; those carried over stand elsewhere."""
    return [issue for issue in tree.get("issues", ()) if not issue["earlier"]]


def _figures(was: Tree, now: Tree) -> Iterator[Difference]:
    for key, label in _COUNT_LABELS.items():
        old, new = (section.get("counts", {}).get(key, 0) for section in (was, now))
        if old != new:
            yield Difference("", key, f"{was['label']} {label}", _text(old), _text(new))


def _cells(
    was: Sequence[Tree], now: Sequence[Tree], name: str, labels: Mapping[str, str]
) -> Iterator[Difference]:
    before, after = ({str(row[name]): row for row in rows} for rows in (was, now))
    for record in dict.fromkeys([*before, *after]):
        old, new = before.get(record), after.get(record)
        if old is None or new is None:
            known = old or new or {}
            where = f"{known.get('customer', '')} {record}"
            yield Difference(record, "", where, _line(old), _line(new))
            continue
        for key, label in labels.items():
            if old.get(key) != new.get(key):
                where = f"{new.get('customer', '')} {label}（{record}）"
                yield Difference(record, key, where, _text(old.get(key)), _text(new.get(key)))


def _line(row: Tree | None) -> str:
    """Return a whole line in few words."""
    if row is None:
        return _ABSENT
    told = (row.get("result"), row.get("overall"), row.get("opinion"), row.get("content"))
    return " ".join(_text(part) for part in told if part not in (None, "")) or "有这一行"


def _text(value: object) -> str:
    if value is None or value == "":
        return _NONE
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:g}" if isinstance(value, float) else str(value)
