"""Texts as the search index holds them, and words as it is asked (decision 20).

Chinese characters are tokens one by one. Letters and digits are cut into overlapping threes, each
beginning at the next character (``13800`` → ``138 380 800 00 0``): whatever part of a number or a
pinyin is asked for is then a phrase of rare tokens, where single digits would stand in every
record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from storedesk.domain.values import half_width

BORDER = "¦"
"""Stands between fields, so that no phrase runs over a border; a sign, which no word keeps."""
TOKENIZER = "ascii"
"""It takes every character beyond ASCII for a part of a token, the rarest names included."""

_LENGTH = 3
_ID = re.compile(r"[a-z]{2,4}[0-9]{8}[a-z0-9]*")
# Letters and digits of any script; the ranges hold rare characters Python may not know yet.
_KEPT = re.compile(rf"[^\W_]|[\ue000-\uf8ff\U00020000-\U0003ffff]|{BORDER}")
_RUN = re.compile(r"[a-z0-9]+|[^a-z0-9]")


def indexed(record_id: str, fields: Iterable[str]) -> str:
    """Return what a record is found by as tokens with blanks between, signs left out.

    An id is one token, marked so that no word meets it by chance: its date would otherwise be found
    in every record of that day. Its last part is found like any field.
    """
    spoken = record_id.rpartition("-")[2]
    runs = _runs(BORDER.join([spoken, *fields]))
    return " ".join([_marked(record_id), *(token for run in runs for token in _cut(run))])


def asked(word: str) -> str:
    """Return the FTS5 phrase that finds a word anywhere in a field; empty if it is all signs."""
    runs = _runs(word.replace(BORDER, ""))
    if not runs:
        return ""
    whole, last = "".join(runs), runs.pop()
    tokens = [token for run in runs for token in _cut(run)]
    if last.isascii() and len(last) < _LENGTH:
        return f'"{" ".join([*tokens, last])}" *'
    # What follows in the field is not known: only the threes that lie in the word count.
    tokens += _cut(last)[: len(last) - _LENGTH + 1] if last.isascii() else [last]
    phrase = f'"{" ".join(tokens)}"'
    return f'({phrase} OR "{BORDER}{whole}" *)' if _ID.fullmatch(whole) else phrase


def _marked(record_id: str) -> str:
    return BORDER + "".join(_runs(record_id))


def _runs(text: str) -> list[str]:
    return _RUN.findall("".join(_KEPT.findall(half_width(text).casefold())))


def _cut(run: str) -> list[str]:
    if not run.isascii():
        return [run]
    return [run[start : start + _LENGTH] for start in range(len(run))]
