"""批示 and the signature boxes; notes where they stand so that fields can be put there."""

from __future__ import annotations

from reportlab.platypus import Flowable

from storedesk.domain.signatures import SIGNING_ORDER, RoleLabels
from storedesk.papers.fonts import BOLD
from storedesk.papers.places import COMMENT, FIELDS, Place
from storedesk.papers.style import BAND, BOX_INSET, FINE, GAP, INK, TEXT, WIDTH

_BAR = 19.0
_COMMENT_HEIGHT = 88.0
_BOX_HEIGHT = 86.0
_NUMBERS = "①②③"


class SigningBlock(Flowable):
    """The 批示 box over three signature boxes and the stamp box; never split over pages."""

    def __init__(self, roles: RoleLabels, places: dict[str, Place]) -> None:
        super().__init__()
        self._roles = roles
        self._places = places
        self.width = WIDTH
        self.height = _COMMENT_HEIGHT + GAP + _BOX_HEIGHT

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Say how much room it takes; reportlab asks."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the boxes and note the absolute place of each."""
        above = _BOX_HEIGHT + GAP
        self._box(f"{self._roles.gm}批示", 0, above, WIDTH, _COMMENT_HEIGHT)
        self._note(COMMENT, 0, above, WIDTH, _COMMENT_HEIGHT)
        width = (WIDTH - 3 * GAP) / 4
        for number, role in enumerate(SIGNING_ORDER):
            x = number * (width + GAP)
            label = f"{_NUMBERS[number]} {self._roles.of(role)}（签字、日期）"
            self._box(label, x, 0, width, _BOX_HEIGHT)
            self._note(FIELDS[role], x, 0, width, _BOX_HEIGHT)
        self._box("（盖章）", 3 * (width + GAP), 0, width, _BOX_HEIGHT)

    def _box(self, label: str, x: float, y: float, width: float, height: float) -> None:
        canvas = self.canv
        canvas.setFillColor(BAND)
        canvas.rect(x, y + height - _BAR, width, _BAR, stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(FINE)
        canvas.rect(x, y, width, height, stroke=1, fill=0)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, TEXT)
        canvas.drawString(x + 7, y + height - _BAR + 6, label)

    def _note(self, field: str, x: float, y: float, width: float, height: float) -> None:
        left, bottom = self.canv.absolutePosition(x + BOX_INSET, y + BOX_INSET)
        right, top = self.canv.absolutePosition(
            x + width - BOX_INSET, y + height - _BAR - BOX_INSET
        )
        page = self.canv.getPageNumber() - 1
        self._places[field] = Place(page, round(left), round(bottom), round(right), round(top))
