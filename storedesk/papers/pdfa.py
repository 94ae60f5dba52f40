"""Makes a drawn report PDF/A-3b: metadata, colour profile, attached rows, empty form fields.

Loads pikepdf. What PDF/A asks for is in ``conformance``; measured against veraPDF 1.29.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, Pdf, String
from PIL import ImageCms

from storedesk.domain.signatures import Role
from storedesk.papers.places import COMMENT, FIELDS, Place

STORE_KEY = "/StoreDeskStore"
"""Entry of the document information that holds the store's code, for ``verifying``."""

_PRINTED = 4  # annotation flag: PDF/A wants every field to show on paper
_READ_ONLY, _MULTILINE = 1, 1 << 12  # field flags


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the report.

    ``relationship`` is ``Data`` for what the pages were made from, ``Alternative`` for the same in
    another form.
    """

    name: str
    content: bytes
    mime_type: str
    relationship: str
    description: str


@dataclass(frozen=True, slots=True)
class FormField:
    """An empty field: its name, what readers call it, and where it stands."""

    name: str
    label: str
    place: Place


def archive(
    drawn: bytes,
    *,
    store_code: str,
    made_at: datetime,
    attachments: Sequence[Attachment],
    fields: Sequence[FormField],
) -> bytes:
    """Return the drawn PDF as PDF/A-3b with attachments and empty form fields.

    The same input gives the same bytes.

    Args:
        drawn: a PDF with all fonts embedded.
        store_code: written where ``verifying`` finds it.
        made_at: date of the document and its attachments; naive local time.
        attachments: in the order readers list them.
        fields: the 批示 and the signature fields.
    """
    stamp = f"D:{made_at:%Y%m%d%H%M%S}"
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        _drop_transitions(pdf)
        if attachments:
            _attach(pdf, attachments, stamp)
        if fields:
            _add_fields(pdf, fields)
        _add_colour_profile(pdf)
        _describe(pdf, store_code, stamp)
        out = io.BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            recompress_flate=True,
            deterministic_id=True,
        )
    return out.getvalue()


def attached(report: bytes) -> Mapping[str, bytes]:
    """Return the attachments of a report by name. Verify it first: this proves nothing."""
    with pikepdf.open(io.BytesIO(report)) as pdf:
        return {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}


def _drop_transitions(pdf: Pdf) -> None:
    """Drop the empty slide-show effects reportlab gives each page."""
    for page in pdf.pages:
        if "/Trans" in page:
            del page["/Trans"]


def _attach(pdf: Pdf, attachments: Sequence[Attachment], stamp: str) -> None:
    related = Array()
    for attachment in attachments:
        spec = AttachedFileSpec(
            pdf,
            attachment.content,
            description=attachment.description,
            filename=attachment.name,
            mime_type=attachment.mime_type,
            creation_date=stamp,
            mod_date=stamp,
        )
        spec.relationship = Name("/" + attachment.relationship)
        pdf.attachments[attachment.name] = spec
        related.append(spec.obj)
    pdf.Root.AF = related
    pdf.Root.PageMode = Name.UseNone


def _add_fields(pdf: Pdf, fields: Sequence[FormField]) -> None:
    made = Array()
    for field in fields:
        page = pdf.pages[field.place.page]
        widget = pdf.make_indirect(_widget(pdf, field))
        widget.P = page.obj
        if "/Annots" not in page:
            page.Annots = pdf.make_indirect(Array())
        page.Annots.append(widget)
        made.append(widget)
    pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=made))


def _widget(pdf: Pdf, field: FormField) -> Dictionary:
    place = field.place
    empty = pdf.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, place.width, place.height]),
        Resources=Dictionary(),
    )
    widget = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        T=String(field.name),
        TU=String(field.label),
        F=_PRINTED,
        Rect=Array([place.left, place.bottom, place.right, place.top]),
        AP=Dictionary(N=empty),
    )
    if field.name == COMMENT:
        # Read-only for people at a PDF reader: the comment comes with the last signature.
        widget.update(
            Dictionary(
                FT=Name.Tx, Ff=_READ_ONLY | _MULTILINE, V=String(""), DA=String("/Text 10 Tf 0 g")
            )
        )
        return widget
    widget.FT = Name.Sig
    if field.name == FIELDS[Role.GM]:
        # The last signature locks every field and forbids any further change.
        lock = Dictionary(Type=Name.SigFieldLock, Action=Name.All, P=1)
        widget.Lock = pdf.make_indirect(lock)
    return widget


def _add_colour_profile(pdf: Pdf) -> None:
    """Say what red, green and blue mean: PDF/A allows no colour that depends on the device."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # bytes 24–35 hold the moment the profile was made: fixed, so that equal reports are equal bytes
    profile = profile[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + profile[36:]
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        RegistryName=String("http://www.color.org"),
        DestOutputProfile=pdf.make_stream(profile, N=3, Alternate=Name.DeviceRGB),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _describe(pdf: Pdf, store_code: str, stamp: str) -> None:
    """Write the document information and the same as XMP."""
    known = pdf.docinfo
    for key in ("/Trapped", "/Keywords"):  # empty here; XMP cannot hold them
        if key in known:
            del known[key]
    known.CreationDate = String(stamp)
    known.ModDate = String(stamp)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        xmp.load_from_docinfo(known)
        xmp["pdfaid:part"] = "3"
        xmp["pdfaid:conformance"] = "B"
        xmp["dc:language"] = {"zh-CN"}
        xmp["dc:format"] = "application/pdf"
    known[STORE_KEY] = String(store_code)
