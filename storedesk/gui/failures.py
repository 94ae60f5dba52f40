"""Bugs: logged without personal data, and shown with what a developer needs to know.

Expected failures never come here; ``tasks`` turns those into sentences.
"""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from storedesk import __version__
from storedesk.gui.texts import tr
from storedesk.gui.widgets.buttons import button
from storedesk.gui.widgets.labels import label

log = logging.getLogger(__name__)


def details_of(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Return what a developer needs: kind, places in the code, versions.

    The error's own text is left out: it may quote what a customer said.
    """
    frames = "".join(
        f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in traceback.extract_tb(trace)
    )
    versions = f"storedesk {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return f"{versions}\n{kind.__name__}\n{frames}"


class FailureWatch(QObject):
    """Takes over ``sys.excepthook``; shows one dialog at a time."""

    _failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._dialog: FailureDialog | None = None
        self._failed.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> Callable[[], None]:
        """Watch from now on; returns what takes it back."""
        before, before_threads = sys.excepthook, threading.excepthook
        sys.excepthook = self.note
        threading.excepthook = self._note_thread

        def take_back() -> None:
            sys.excepthook, threading.excepthook = before, before_threads

        return take_back

    def note(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log a bug and show it in the window's thread."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        del error
        details = details_of(kind, trace)
        log.critical("bug: %s", details)
        self._failed.emit(details)

    def _note_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.note(args.exc_type, args.exc_value, args.exc_traceback)

    def _show(self, details: str) -> None:
        if self._dialog is not None:
            return
        self._dialog = FailureDialog(details, QApplication.activeWindow())
        self._dialog.finished.connect(self._closed)
        self._dialog.open()

    def _closed(self) -> None:
        self._dialog = None


class FailureDialog(QDialog):
    """Says that something went wrong, that nothing saved is lost, and offers the details."""

    def __init__(self, details: str, parent: object = None) -> None:
        super().__init__(parent)  # type: ignore[arg-type]  # a window or None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("程序出了点问题"))
        self.details = details
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(tr("刚才这一步没有做成"), "section"))
        column.addWidget(
            label(
                tr(
                    "这是程序的错，不是您的。已保存的登记都在，工作簿没有动。"
                    "请把下面的内容复制给维护的人（里面没有客户资料）。"
                ),
                wrap=True,
            )
        )
        text = QPlainTextEdit(details)
        text.setReadOnly(True)
        text.setAccessibleName(tr("错误详情"))
        text.setMinimumSize(520, 160)
        column.addWidget(text)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(button(tr("复制详情"), self.copy, icon_name="copy"))
        row.addWidget(button(tr("关闭"), self.accept, variant="primary"))
        column.addLayout(row)

    def copy(self) -> None:
        """Put the details on the clipboard."""
        QGuiApplication.clipboard().setText(self.details)
