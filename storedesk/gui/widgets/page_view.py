"""Pages of a report as pictures, as wide as there is room, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from storedesk.gui.texts import tr

_WIDEST = 900
_REST_MS = 80


class PageView(QScrollArea):
    """Shows pages; scaling waits until a resize rests."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._images: list[QImage] = []
        self._labels: list[QLabel] = []
        body = QWidget()
        body.setObjectName("scrollbody")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(16, 0, 16, 16)
        self._column.setSpacing(16)
        self._column.addStretch()
        self.setWidget(body)
        self.viewport().setAutoFillBackground(False)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._scale)

    def show_pages(self, images: Sequence[QImage]) -> None:
        """Show other pages, from the top."""
        self._images = list(images)
        while len(self._labels) < len(self._images):
            label = QLabel()
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._labels.append(label)
            self._column.insertWidget(len(self._labels) - 1, label)
        for at, label in enumerate(self._labels):
            label.setVisible(at < len(self._images))
            label.setAccessibleName(tr("第 {page} 页").format(page=at + 1))
        self._scale()
        self.verticalScrollBar().setValue(0)

    def page_count(self) -> int:
        """Return how many pages are shown."""
        return len(self._images)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Scale anew once the resize rests."""
        super().resizeEvent(event)
        self._rest.start()

    def _scale(self) -> None:
        ratio = self.devicePixelRatioF()
        width = round(min(_WIDEST, max(200, self.viewport().width() - 32)) * ratio)
        for image, label in zip(self._images, self._labels, strict=False):
            size = QSize(width, round(image.height() * width / max(1, image.width())))
            scaled = image.scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            scaled.setDevicePixelRatio(ratio)
            label.setPixmap(QPixmap.fromImage(scaled))
