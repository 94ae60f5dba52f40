"""A layout that goes from left to right and wraps: filters stay usable on a narrow screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


@dataclass
class _Line:
    items: list[tuple[QLayoutItem, int, QSize]] = field(default_factory=list)

    @property
    def height(self) -> int:
        return max((size.height() for _, _, size in self.items), default=0)


class FlowLayout(QLayout):
    """Places items in lines, each item at its size hint, centred in its line."""

    def __init__(self, parent: QWidget | None = None, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802  # Qt's name
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  # Qt's name
        """Return the item at a position."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802  # Qt's name
        """Remove and return the item at a position."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802  # Qt's name
        """Grow in no direction by itself."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """Say that narrower means taller."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Return the height all lines take at this width."""
        lines = self._lines(width)
        return sum(line.height for line in lines) + self._gap * (len(lines) - 1)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802  # Qt's name
        """Place every item."""
        super().setGeometry(rect)
        top = rect.y()
        for line in self._lines(rect.width()):
            for item, left, size in line.items:
                drop = (line.height - size.height()) // 2
                item.setGeometry(QRect(QPoint(rect.x() + left, top + drop), size))
            top += line.height + self._gap

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size of everything on one line."""
        hints = [item.sizeHint() for item in self._items]
        width = sum(hint.width() for hint in hints) + self._gap * max(0, len(hints) - 1)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size of the largest item."""
        smallest = QSize()
        for item in self._items:
            smallest = smallest.expandedTo(item.minimumSize())
        return smallest

    def _lines(self, width: int) -> list[_Line]:
        lines = [_Line()]
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().expandedTo(item.minimumSize())
            if lines[-1].items and left + size.width() > width:
                lines.append(_Line())
                left = 0
            lines[-1].items.append((item, left, size))
            left += size.width() + self._gap
        return lines


def flow_box(gap: int = 8) -> tuple[QWidget, FlowLayout]:
    """Return a widget that is as tall as its wrapped lines need, and its layout."""
    box = QWidget()
    layout = FlowLayout(box, gap)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    box.setSizePolicy(policy)
    return box, layout
