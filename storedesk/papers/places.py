"""The form fields of a report: their names, and where on paper they stand."""

from __future__ import annotations

from dataclasses import dataclass

from storedesk.domain.signatures import Role

COMMENT = "comment"
"""The text field of the 批示, filled together with the last signature."""

FIELDS = {Role.CALLER: "sig_caller", Role.MANAGER: "sig_manager", Role.GM: "sig_gm"}
"""The signature field of each step."""

COMBINED = "sig_caller_manager"
"""Takes the place of the first two where one person signs both at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a page (from 0), in whole points from the lower left corner."""

    page: int
    left: int
    bottom: int
    right: int
    top: int

    @property
    def width(self) -> int:
        """Width in points."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Height in points."""
        return self.top - self.bottom

    def joined(self, other: Place) -> Place:
        """Return the rectangle around both, on the same page."""
        return Place(
            self.page,
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )
