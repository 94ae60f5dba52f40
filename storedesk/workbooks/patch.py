"""A changed part: the old bytes and the edits, never a second copy of a large sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from storedesk.workbooks.markup import Edit


@dataclass(frozen=True, slots=True)
class Patch:
    """A part's old bytes and its edits, in order and apart from each other."""

    old: bytes
    edits: tuple[Edit, ...]

    @classmethod
    def of(cls, old: bytes, edits: Iterable[Edit]) -> Patch:
        """Return a patch with the edits in order.

        Raises:
            ValueError: two edits overlap.
        """
        ordered = tuple(sorted(edits, key=lambda edit: (edit.start, edit.end)))
        for one, after in pairwise(ordered):
            if after.start < one.end:
                raise ValueError(f"edits overlap at byte {after.start}")
        return cls(old, ordered)

    @classmethod
    def new_part(cls, content: bytes) -> Patch:
        """Return the patch that makes a part from nothing."""
        return cls(b"", (Edit(0, 0, content),))

    def chunks(self) -> Iterator[bytes | memoryview]:
        """Yield the new content piece by piece, unchanged stretches as views of the old bytes."""
        view = memoryview(self.old)
        at = 0
        for edit in self.edits:
            yield view[at : edit.start]
            yield edit.new
            at = edit.end
        yield view[at:]

    def whole(self) -> bytes:
        """Return the new content; for small parts."""
        return b"".join(self.chunks())
