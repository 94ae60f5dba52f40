"""Checks a PDF against the PDF/A-3b list, without veraPDF at hand (pdf.md §4).

What it looks at is what went wrong when veraPDF 1.29 was asked: fonts, colours, metadata, attached
files, form fields, actions. It is for tests and for whoever changes a template. Loads pikepdf.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

_PRINT, _HIDING = 4, 1 | 2 | 32  # annotation flags: invisible, hidden, no view
_ACTIVE = ("/OpenAction", "/AA")
_SHOWING = {"Tj", "TJ", "'", '"'}
_CMYK = {"k", "K"}
_BLOCK = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_CODE = re.compile(rb"<([0-9A-Fa-f]{2})>\s*<([0-9A-Fa-f]+)>")


def check_pdfa(report: bytes) -> list[str]:
    """Return what keeps a PDF from being PDF/A-3b, in English; nothing if all is well."""
    if not re.match(rb"%PDF-1\.[0-7][\r\n]+%[\x80-\xff]{4}", report):
        return ["the header is not that of PDF 1.0 to 1.7 with a binary mark"]
    with pikepdf.open(io.BytesIO(report)) as pdf:
        return [
            *_catalogue(pdf),
            *_metadata(pdf),
            *_colour(pdf),
            *_attachments(pdf),
            *_form(pdf),
            *_contents(pdf),
        ]


def _catalogue(pdf: Pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "it is encrypted"
    if "/ID" not in pdf.trailer:
        yield "the trailer has no ID"
    version = str(pdf.Root.get("/Version", "/1.7"))
    if not re.fullmatch(r"/1\.[0-7]", version):
        yield f"the catalogue says version {version}"
    for key in _ACTIVE:
        if key in pdf.Root:
            yield f"the catalogue has {key}"
    if "/JavaScript" in pdf.Root.get("/Names", Dictionary()):
        yield "there is JavaScript"


def _metadata(pdf: Pdf) -> Iterator[str]:
    if "/Metadata" not in pdf.Root:
        yield "there is no XMP metadata"
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        if (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) != ("3", "B"):
            yield "XMP does not say PDF/A-3b"


def _colour(pdf: Pdf) -> Iterator[str]:
    intents = pdf.Root.get("/OutputIntents", Array())
    if not any(
        intent.get("/S") == Name.GTS_PDFA1 and "/DestOutputProfile" in intent for intent in intents
    ):
        yield "there is no output intent with a colour profile"


def _attachments(pdf: Pdf) -> Iterator[str]:
    listed = [spec.objgen for spec in pdf.Root.get("/AF", Array())]
    for name, spec in pdf.attachments.items():
        entry = spec.obj
        if entry.objgen not in listed:
            yield f"attachment {name} is not in the catalogue's /AF"
        if "/AFRelationship" not in entry:
            yield f"attachment {name} has no relationship"
        if not {"/F", "/UF"} <= set(entry.keys()):
            yield f"attachment {name} lacks a file name"
        file = entry.EF.F
        if "/Subtype" not in file:
            yield f"attachment {name} has no media type"
        if "/ModDate" not in file.get("/Params", Dictionary()):
            yield f"attachment {name} has no modification date"


def _form(pdf: Pdf) -> Iterator[str]:
    form = pdf.Root.get("/AcroForm", Dictionary())
    if form.get("/NeedAppearances", False):
        yield "the form asks readers to draw its fields"
    if "/XFA" in form:
        yield "the form is XFA"
    for page in pdf.pages:
        for note in page.get("/Annots", Array()):
            name = str(note.get("/T", note.get("/Subtype")))
            flags = int(note.get("/F", 0))
            if not flags & _PRINT or flags & _HIDING:
                yield f"field {name} is not always printed"
            if "/N" not in note.get("/AP", Dictionary()):
                yield f"field {name} has no appearance"
            if "/A" in note or "/AA" in note:
                yield f"field {name} has an action"


def _contents(pdf: Pdf) -> Iterator[str]:
    """Check what is drawn: on pages, in forms drawn there, and in the look of fields."""
    seen: set[tuple[int, int]] = set()
    for number, page in enumerate(pdf.pages, 1):
        yield from _drawing(page.obj, f"page {number}", seen)
        for note in page.get("/Annots", Array()):
            look = note.get("/AP", Dictionary()).get("/N")
            if isinstance(look, Stream):
                yield from _drawing(look, f"field {note.get('/T')}", seen)


def _drawing(drawn: Object, where: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    resources = drawn.get("/Resources", Dictionary())
    fonts = resources.get("/Font", Dictionary())
    for name, font in fonts.items():
        yield from _font(font, f"{where}, font {name}")
    codes = {name: _codes(font) for name, font in fonts.items()}
    yield from _text(drawn, codes, where)
    for name, inner in resources.get("/XObject", Dictionary()).items():
        if inner.objgen not in seen:
            seen.add(inner.objgen)
            if inner.get("/Subtype") == Name.Form:
                yield from _drawing(inner, f"{where}, {name}", seen)
            elif inner.get("/Interpolate", False):
                yield f"{where}: image {name} is interpolated"


def _font(font: Object, where: str) -> Iterator[str]:
    descriptor = font.get("/FontDescriptor", Dictionary())
    if "/FontFile2" not in descriptor:
        yield f"{where} ({font.get('/BaseFont')}) is not embedded"
    if "/ToUnicode" not in font:
        yield f"{where} cannot be read back as text"


def _codes(font: Object) -> set[int]:
    """Return the character codes a font gives a meaning; code 0 is the empty glyph."""
    table = font.get("/ToUnicode")
    if not isinstance(table, Stream):
        return set()
    blocks = _BLOCK.findall(table.read_bytes())
    return {int(code, 16) for block in blocks for code, _ in _CODE.findall(block)}


def _text(drawn: Object, codes: Mapping[str, set[int]], where: str) -> Iterator[str]:
    font = ""
    for instruction in pikepdf.parse_content_stream(drawn):
        operator = str(instruction.operator)
        if operator == "Tf":
            font = str(instruction.operands[0])
        elif operator in _CMYK:
            yield f"{where}: colours for a printing press"
        elif operator in _SHOWING:
            shown = set(_strings(instruction.operands[-1]))
            if font not in codes:
                yield f"{where}: text in font {font}, which is not there"
            elif not shown <= codes[font]:
                yield f"{where}: a character without a glyph in font {font}"


def _strings(operand: object) -> bytes:
    parts = operand if isinstance(operand, Array) else [operand]
    return b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
