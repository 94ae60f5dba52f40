"""What every command shares: the desk it works on, the clock, who acts, and its options."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn

from storedesk.domain.errors import Misuse
from storedesk.domain.forms import Form
from storedesk.operations import checking, syncing, writing
from storedesk.operations.clock import Clock, clock_at, clock_from_environment
from storedesk.operations.desk import Desk, open_desk
from storedesk.operations.syncing import SyncReport


class Parser(argparse.ArgumentParser):
    """A parser that says misuse as every other error is said."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving."""
        raise Misuse(f"命令写得不对：{message}。用 storedesk {self._name()} --help 看写法。")

    def _name(self) -> str:
        return self.prog.split(" ", 1)[1] if " " in self.prog else ""


_NOTHING = SyncReport()


@dataclass
class Work:
    """An opened desk with what was taken in on the way and what was written at the end."""

    desk: Desk
    args: argparse.Namespace
    before: SyncReport
    after: SyncReport = _NOTHING

    def by(self) -> str:
        """Return who acts: ``--by``, ``STOREDESK_USER``, or the only active 客服."""
        named = getattr(self.args, "by", "") or os.environ.get("STOREDESK_USER", "")
        return writing.actor(self.desk, named)

    def form(self, name: str) -> Form:
        """Return the form of a ledger named by key or in Chinese.

        Raises:
            Misuse: there is no such ledger.
        """
        found = self.desk.forms.named(name)
        if found is None:
            known = "、".join(f"{form.ledger}（{form.label}）" for form in self.desk.forms)
            raise Misuse(f"没有「{name}」这个台账。有：{known}。")
        if found.ledger in self.desk.profile.hidden:
            raise Misuse(f"{self.desk.profile.label}没有「{found.label}」。")
        return found

    def finish(self) -> SyncReport:
        """Write what waits into the workbooks (decision 24)."""
        self.after = syncing.sync(self.desk)
        return self.after

    def notices(self) -> list[str]:
        """Return what a person should hear besides the command's own answer."""
        reports = (self.before, self.after)
        lines = [syncing.waiting_line(one) for one in self._latest().waiting]
        stopped = [one for report in reports for one in report.taken if one.stopped]
        lines += [problem.sentence() for one in stopped for problem in one.problems]
        return list(dict.fromkeys(lines))

    def errors(self) -> list[str]:
        """Return what could not be read or written; what was entered is saved all the same."""
        lines = [str(error) for error in self._latest().errors]
        lines += [problem.sentence() for problem in checking.lost_headers(self.desk)]
        if lines and self.after.waiting:
            lines.append("刚才登记的已存好，不会丢，不用再登记一次。")
        return lines

    def _latest(self) -> SyncReport:
        return self.before if self.after is _NOTHING else self.after


@contextmanager
def at_work(args: argparse.Namespace) -> Iterator[Work]:
    """Open the desk named by the command, take in what changed, and close it again.

    A workbook that cannot be read or written is said on stderr and makes the exit code 1; the
    command itself does what it can all the same.
    """
    with open_desk(Path(args.desk), clock=clock_of(args)) as desk:
        work = Work(desk, args, syncing.sync(desk))
        yield work
        report_errors(args, work.errors())


def report_errors(args: argparse.Namespace, lines: list[str]) -> None:
    """Say errors on stderr and let the command end with exit code 1."""
    for line in dict.fromkeys(lines):
        print(line, file=sys.stderr)
    if lines:
        args.exit_code = 1


def clock_of(args: argparse.Namespace) -> Clock:
    """Return the clock a command goes by: ``--today``, ``STOREDESK_TODAY``, or the computer's."""
    text = getattr(args, "today", "")
    return clock_at(text) if text else clock_from_environment()


def pairs(words: Sequence[str], what: str) -> dict[str, str]:
    """Return ``表头=值`` words as a mapping.

    Raises:
        Misuse: a word has no ``=``, or a header stands twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise Misuse(f"「{word}」应写成 {what}。")
        if name.strip() in found:
            raise Misuse(f"「{name.strip()}」写了两次。")
        found[name.strip()] = value
    return found


def day_of(text: str) -> date:
    """Return an ISO date from an option.

    Raises:
        Misuse: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misuse(f"日期「{text}」看不懂，请写成 2026-11-22。") from None
