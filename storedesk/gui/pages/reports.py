"""报表: make the day's report, look at it, sign several at once, verify any file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout

from storedesk.domain.changes import Change
from storedesk.domain.errors import StoreDeskError
from storedesk.domain.signatures import Verdict
from storedesk.gui.page import Page
from storedesk.gui.pages.signing import SignDialog
from storedesk.gui.places import Place
from storedesk.gui.session import Session
from storedesk.gui.texts import tr
from storedesk.gui.theme import follow_theme, theme
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.cards import Card, Empty, page_title
from storedesk.gui.widgets.notices import Banner
from storedesk.gui.widgets.page_view import PageView
from storedesk.gui.widgets.report_list import ReportModel, ReportView, heading
from storedesk.operations import reports, trust
from storedesk.operations.reports import Drawn, ReportLine, ReportMade
from storedesk.operations.reports_archive import FOLDER
from storedesk.operations.reports_plan import DailyPlan, Unchanged
from storedesk.operations.signing import SigningDone

_LIST_WIDTH = 380


class ReportsPage(Page):
    """A list at the left, the pages of the report in sight at the right."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, tr("报表"))
        self._wanted = ""

    def visit(self, place: Place) -> None:
        """Show the list, and a report if one was asked for."""
        self._wanted = place.record
        self.reload()
        self.list.setFocus()

    def touches(self, change: Change) -> bool:
        """Whether a report was entered or signed."""
        return "report_log" in change.records

    def reload(self) -> None:
        """Ask for the list."""
        self.session.clerk.ask(reports.list_reports).then(
            self._show_list, owner=self, latest="reports"
        )

    # --- building -------------------------------------------------------------------------------

    def build(self) -> Iterator[None]:
        """Make head, list and page."""
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        self._verify = button(tr("核验文件"), self._choose_file, icon_name="badge-check")
        self._sign = button(tr("签字"), self.sign, icon_name="pen-line")
        self._make = button(
            tr("生成今天的日报"), self.make, icon_name="file-text", variant="primary"
        )
        head, _, self._subtitle = page_title(
            tr("报表"), tr("勾上要签的，一次口令全签完"), self._verify, self._sign, self._make
        )
        column.addLayout(head)
        self.banner = Banner()
        column.addWidget(self.banner)
        yield
        across = QHBoxLayout()
        across.setSpacing(16)
        column.addLayout(across, 1)
        across.addWidget(self._list_card())
        yield
        across.addWidget(self._page_card(), 1)
        yield
        self.empty = Empty("chart-column", tr("还没有日报"), tr("点「生成今天的日报」开始。"))
        column.addWidget(self.empty, 1)
        self.empty.hide()

    def _list_card(self) -> Card:
        self._list_box = Card()
        self._list_box.body.setContentsMargins(0, 8, 0, 8)
        box = self._list_box
        follow_theme(box, lambda: box.setFixedWidth(round(_LIST_WIDTH * theme().scale)))
        self.model = ReportModel(self)
        self.model.ticked.connect(self._count_ticks)
        self.list = ReportView(tr("日报"))
        self.list.setModel(self.model)
        self.list.moved.connect(self._show_report)
        self._list_box.body.addWidget(self.list)
        return self._list_box

    def _page_card(self) -> Card:
        self._page_box = Card()
        self._page_box.body.setContentsMargins(0, 12, 0, 0)
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 8, 8)
        self._name = QLabel()
        self._name.setProperty("role", "section")
        row.addWidget(self._name, 1)
        row.addWidget(button(tr("核验"), self._verify_current, variant="link"))
        row.addWidget(button(tr("打开文件"), self._open_file, variant="link"))
        self._page_box.body.addLayout(row)
        self.pages = PageView(tr("报表的样子"))
        self._page_box.body.addWidget(self.pages, 1)
        return self._page_box

    # --- the list -------------------------------------------------------------------------------

    def _show_list(self, lines: list[ReportLine]) -> None:
        keep = self._wanted or getattr(self._current(), "report_no", "")
        self.model.show_reports(lines)
        appeared = self._list_box.isHidden()
        for part in (self._list_box, self._page_box):
            part.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        if lines:
            row = max(0, self.model.row_of(keep))
            self.list.setCurrentIndex(self.model.index(row))
            if appeared:
                self.list.setFocus()
        self._wanted = ""

    def _current(self) -> ReportLine | None:
        return self.model.line(self.list.currentIndex().row())

    def _count_ticks(self) -> None:
        count = len(self.model.ticks())
        self._sign.setText(
            " " + (tr("签字（{count}）").format(count=count) if count else tr("签字"))
        )

    def _show_report(self, row: int) -> None:
        line = self.model.line(row)
        if line is None:
            return
        self._name.setText(heading(line))
        path = line.path
        self.session.worker.run(
            lambda: _pictures(path),
            self.pages.show_pages,
            refused=self._cannot_show,
            owner=self,
            latest="pages",
        )

    def _cannot_show(self, error: StoreDeskError) -> None:
        self.pages.show_pages(())
        self.banner.say(str(error), "danger")

    # --- making ---------------------------------------------------------------------------------

    def make(self) -> None:
        """Make today's report: plan (clerk), draw (worker), settle (clerk)."""
        # A button that is switched off hands the keyboard on to any other.
        (self.list if self.list.isVisible() else self).setFocus()
        self._make.setEnabled(False)
        self._subtitle.setText(tr("正在生成…"))
        today = self.session.facts.now().date()
        self.session.clerk.ask(reports.plan_daily, today, by=self.session.me).then(
            self._draw, refused=self._not_made, owner=self
        )

    def _draw(self, plans: tuple[DailyPlan | Unchanged, ...]) -> None:
        to_draw = [plan for plan in plans if isinstance(plan, DailyPlan)]
        if not to_draw:
            self._made(())
            return
        self.session.worker.run(
            lambda: tuple(reports.draw(plan) for plan in to_draw),
            self._settle,
            refused=self._not_made,
            owner=self,
        )

    def _settle(self, drawn: tuple[Drawn, ...]) -> None:
        made: list[ReportMade] = []
        for one in drawn:
            self.session.clerk.ask(reports.settle, one).then(
                lambda report: self._collect(made, report, len(drawn)),
                refused=self._not_made,
                owner=self,
            )

    def _collect(self, made: list[ReportMade], report: ReportMade, count: int) -> None:
        made.append(report)
        if len(made) == count:
            self._made(tuple(made))

    def _made(self, made: tuple[ReportMade, ...]) -> None:
        self._ready()
        if not made:
            self.banner.say(tr("今天的日报已经签字定稿，台账没有变化，不用重新生成。"), "info")
            return
        remarks = [remark for report in made for remark in report.remarks]
        sentences = [report.sentence for report in made]
        self.banner.say("".join(sentences) + "；".join(remarks), "warn" if remarks else "ok")
        self._wanted = made[0].report_no
        self.reload()

    def _not_made(self, error: StoreDeskError) -> None:
        self._ready()
        self.banner.say(str(error), "danger")

    def _ready(self) -> None:
        self._make.setEnabled(True)
        self._subtitle.setText(tr("勾上要签的，一次口令全签完"))

    # --- signing --------------------------------------------------------------------------------

    def sign(self) -> None:
        """Sign the ticked reports, or the one in sight."""
        current = self._current()
        lines = self.model.ticks() or ([current] if current and current.waits_for else [])
        if not lines:
            self.banner.say(tr("没有等签字的报表。先在左边勾上要签的。"), "info")
            return
        dialog = SignDialog(self.session, lines, self)
        dialog.signed.connect(self._signed)
        dialog.open()

    def _signed(self, done: SigningDone) -> None:
        sentences = [one.sentence for one in (*done.signed, *done.refused)]
        if done.instruction:
            sentences.append(done.instruction)
        self.banner.say("".join(sentences), "warn" if done.refused else "ok")
        self.list.setFocus()
        self.reload()

    # --- verifying ------------------------------------------------------------------------------

    def _choose_file(self) -> None:
        start = str(self.session.facts.folder / FOLDER)
        chosen, _ = QFileDialog.getOpenFileName(self, tr("选要核验的报表"), start, "PDF (*.pdf)")
        if chosen:
            self.verify(Path(chosen))

    def _verify_current(self) -> None:
        line = self._current()
        if line is not None:
            self.verify(line.path)

    def verify(self, path: Path) -> None:
        """Verify a file and say what was found."""
        self.session.worker.run(
            lambda: trust.verify(path), self._show_verdict, refused=self._not_made, owner=self
        )

    def _show_verdict(self, verdict: Verdict) -> None:
        tone = {0: "ok", 1: "danger", 2: "danger"}[verdict.exit_code]
        if verdict.unaltered and not verdict.complete and verdict.readable:
            tone = "warn"
        more = [*verdict.findings[1:], *verdict.notes]
        self.banner.say("".join((verdict.headline(), *more)), tone)

    def _open_file(self) -> None:
        line = self._current()
        if line is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(line.path)))


def _pictures(path: Path) -> list[QImage]:
    """Return a report's pages as images; runs in the worker's lane."""
    return [QImage.fromData(png) for png in reports.pages_of(path)]
