"""What stands in a report's form: its number, its store, and which steps are signed.

Loads pyHanko.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader

from storedesk.domain.signatures import CALLER_AND_MANAGER, SIGNING_ORDER, Role
from storedesk.papers.pdfa import STORE_KEY
from storedesk.papers.places import COMBINED, FIELDS, Place

COMBINED_FIELDS = {COMBINED: CALLER_AND_MANAGER, FIELDS[Role.GM]: (Role.GM,)}
SINGLE_FIELDS = {FIELDS[role]: (role,) for role in SIGNING_ORDER}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form; ``label`` is the role (or 批示) as the report prints it."""

    name: str
    label: str
    place: Place
    filled: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a report.

    Attributes:
        report_no, store_code: as written in the document information; empty if missing.
        fields: by name, in the file's order.
    """

    report_no: str
    store_code: str
    fields: Mapping[str, Field]

    @property
    def steps(self) -> Mapping[str, tuple[Role, ...]]:
        """The signature fields in signing order, with the roles each stands for."""
        return COMBINED_FIELDS if COMBINED in self.fields else SINGLE_FIELDS

    def missing(self) -> list[str]:
        """Return the names of steps that have no field: then it is no report of ours."""
        return [name for name in self.steps if name not in self.fields]

    def next_step(self) -> str:
        """Return the field to be signed next, or an empty string if all are."""
        return next((name for name in self.steps if not self.fields[name].filled), "")

    def signed_count(self) -> int:
        """Return how many steps are signed."""
        return sum(self.fields[name].filled for name in self.steps)

    def label_of(self, field: str) -> str:
        """Return the role a field is for, in the report's words."""
        return self.fields[field].label if field in self.fields else field

    def joined(self) -> Field:
        """Return the field that takes the place of the first two (回访人兼客服主管)."""
        caller, manager = (self.fields[FIELDS[role]] for role in CALLER_AND_MANAGER)
        label = f"{caller.label}兼{manager.label}"
        return Field(COMBINED, label, caller.place.joined(manager.place), filled=False)


def read_form(reader: PdfFileReader) -> Form:
    """Read the form of an opened PDF; raises whatever a damaged one makes pyHanko raise."""
    form = _at(reader.root, "/AcroForm", {})
    fields = [_field(ref.get_object()) for ref in _at(form, "/Fields", ())]
    known = _at(reader.trailer_view, "/Info", {})
    return Form(
        report_no=str(_at(known, "/Subject", "")),
        store_code=str(_at(known, STORE_KEY, "")),
        fields={field.name: field for field in fields},
    )


def _field(entry: DictionaryObject) -> Field:
    left, bottom, right, top = (int(edge) for edge in entry["/Rect"])
    return Field(
        name=str(entry["/T"]),
        label=str(_at(entry, "/TU", entry["/T"])),
        place=Place(-1, left, bottom, right, top),  # every field stands on the last page
        filled=bool(_at(entry, "/V", "")),
    )


def _at(entry: Mapping[Any, Any], key: str, default: object) -> Any:  # noqa: ANN401  # as in the file
    """Return an entry resolved; pyHanko's own ``get`` hands out references."""
    return entry[key] if key in entry else default  # noqa: SIM401  # for the reason above
