"""Puts one signature on a report as a new revision of the file, by pyHanko (pdf.md §3).

Loads pyHanko. Whose turn it is, and whether the key may sign, ``signing`` has decided before.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.content import AppearanceContent, PdfContent
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from storedesk.domain.signatures import CALLER_AND_MANAGER, Role
from storedesk.papers.fonts import Fonts
from storedesk.papers.form import Field, Form
from storedesk.papers.identity import OpenKey
from storedesk.papers.places import COMBINED, COMMENT, FIELDS
from storedesk.papers.stamps import Stamp, draw_comment, draw_stamp

_JOINED = tuple(FIELDS[role] for role in CALLER_AND_MANAGER)
_WHOLE_BOX = layout.SimpleBoxLayoutRule(
    x_align=layout.AxisAlignment.ALIGN_MIN,
    y_align=layout.AxisAlignment.ALIGN_MIN,
    margins=layout.Margins(0, 0, 0, 0),
)


@dataclass(frozen=True, slots=True)
class Seal:
    """One signature to be given.

    Attributes:
        field: the field to sign; ``places.COMBINED`` if it is yet to be made of the first two.
        stamp: what it shows; its time is the time signed.
        reason: such as 提交 or 批示.
        first: it certifies the report, so that from now on only signatures may follow.
        comment: the 批示; only with the last signature, empty for none.
    """

    field: Field
    stamp: Stamp
    at: datetime
    reason: str
    first: bool
    comment: str = ""


def sealed(report: bytes, form: Form, seal: Seal, key: OpenKey, fonts: Fonts) -> bytes:
    """Return the report with one more signature; what was there before stays byte for byte.

    Raises:
        CommentTooLong: the 批示 does not fit its box.
    """
    writer = _Revision(io.BytesIO(report))
    if seal.field.name == COMBINED:
        _join_fields(writer, seal.field)
    if seal.comment:
        _write_comment(writer, form.fields[COMMENT], seal.comment, fonts)
    last = seal.field.name == FIELDS[Role.GM]
    place = seal.field.place
    picture = draw_stamp(seal.stamp, place.width, place.height, fonts)
    holder = key.certificate.holder
    signer = _TimedSigner(
        PdfSignatureMetadata(
            field_name=seal.field.name,
            md_algorithm="sha256",
            name=holder.name,
            reason=seal.reason,
            location=f"{holder.store} {holder.store_code}".strip(),
            subfilter=SigSeedSubFilter.PADES,
            certify=seal.first,
            docmdp_permissions=MDPPerm.NO_CHANGES if last else MDPPerm.FILL_FORMS,
        ),
        _simple_signer(key),
        stamp_style=StaticStampStyle(
            border_width=0, background=_Page(picture, writer), background_layout=_WHOLE_BOX
        ),
    )
    signer.moment = seal.at
    out: io.BytesIO = signer.sign_pdf(writer, existing_fields_only=True)
    return out.getvalue()


class _Revision(IncrementalPdfFileWriter):
    """A further revision of a PDF 1.7 file, as PDF/A-3 asks.

    WORKAROUND: pyHanko 0.38 raises the version to 2.0 to announce the use of an elliptic curve
    (ISO/TS 32002). The announcement is optional; readers of PDF 1.7 check these signatures too.
    """

    output_version = (1, 7)

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        super().ensure_output_version(min(version, self.output_version))  # type: ignore[no-untyped-call]

    def register_extension(self, ext: DeveloperExtension) -> None:
        if ext.base_version == "/1.7":
            super().register_extension(ext)


class _TimedSigner(PdfSigner):
    """Signs with the moment the stamp shows, instead of reading the clock once more."""

    moment: datetime

    def init_signing_session(self, *args: Any, **options: Any) -> PdfSigningSession:  # noqa: ANN401  # pyHanko's own
        session = super().init_signing_session(*args, **options)
        session.system_time = self.moment
        return session


class _Page(PdfContent):
    """A drawn page, imported as a form; pyHanko's own importer reads from a file on disk only."""

    def __init__(self, pdf: bytes, writer: BasePdfFileWriter) -> None:
        super().__init__(writer=writer)
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/Drawn"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = layout.BoxConstraints(width=right - left, height=top - bottom)
        return b"/Drawn Do"


class _Filling(AppearanceContent):
    """The look of a filled text field: a drawn page between the marks a text field needs."""

    def __init__(self, writer: BasePdfFileWriter, pdf: bytes, box: layout.BoxConstraints) -> None:
        super().__init__(writer, box)
        self._page = _Page(pdf, writer)

    def render(self) -> bytes:
        drawn = self._page.render()
        self.import_resources(self._page.resources)
        return b"/Tx BMC q " + drawn + b" Q EMC"


def _simple_signer(key: OpenKey) -> SimpleSigner:
    chain = [asn1_x509.Certificate.load(der) for der in key.chain]
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate.der),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_key),
        cert_registry=SimpleCertificateStore.from_certs(chain),
    )


def _join_fields(writer: IncrementalPdfFileWriter, joined: Field) -> None:
    """Put one wide field in the place of the first two; nothing is signed yet."""
    listed = writer.root["/AcroForm"]["/Fields"]
    for ref in list(listed):
        field = ref.get_object()
        if field["/T"] in _JOINED:
            listed.remove(ref)
            shown = field["/P"]["/Annots"]
            shown.remove(ref)
            writer.update_container(shown)
    writer.update_container(listed)
    place = joined.place
    append_signature_field(
        writer,
        SigFieldSpec(
            joined.name,
            on_page=-1,
            box=(place.left, place.bottom, place.right, place.top),
            readable_field_name=joined.label,
        ),
    )


def _write_comment(
    writer: IncrementalPdfFileWriter, field: Field, comment: str, fonts: Fonts
) -> None:
    place = field.place
    drawn = draw_comment(comment, place.width, place.height, fonts)
    ref = next(
        ref for ref in writer.root["/AcroForm"]["/Fields"] if ref.get_object()["/T"] == COMMENT
    )
    entry = ref.get_object()
    box = layout.BoxConstraints(place.width, place.height)
    _Filling(writer, drawn, box).apply_appearance(entry)
    entry["/V"] = generic.pdf_string(comment)
    writer.mark_update(ref)
