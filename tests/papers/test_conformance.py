from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from reportlab.pdfgen.canvas import Canvas

from storedesk.papers.conformance import check_pdfa
from storedesk.papers.fonts import load
from storedesk.papers.layout import draw_daily
from storedesk.papers.pdfa import archive
from tests.helpers import dailies, signers

SECOND_OPINION = all(find_spec(name) for name in ("jsonschema", "referencing", "fontTools"))


def changed(report: bytes, change: Callable[[Pdf], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(report)) as pdf:
        change(pdf)
        pdf.save(out)
    return out.getvalue()


def test_report_is_pdfa_before_and_after_every_signature(unsigned: bytes, signed: bytes) -> None:
    assert check_pdfa(unsigned) == []
    assert check_pdfa(signers.signed_by_two(unsigned)) == []
    assert check_pdfa(signed) == []


def test_plain_reportlab_output_is_not() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(100, 100, "Helvetica")
    canvas.save()
    problems = check_pdfa(out.getvalue())
    assert "there is no XMP metadata" in problems
    assert "there is no output intent with a colour profile" in problems
    assert "page 1, font /F1 (/Helvetica) is not embedded" in problems


def _drop(container: Callable[[Pdf], pikepdf.Object], key: str) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        del container(pdf)[key]

    return change


def _first_field(pdf: Pdf) -> pikepdf.Object:
    return pdf.Root.AcroForm.Fields[0]


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("1"))


def _let_readers_draw(pdf: Pdf) -> None:
    pdf.Root.AcroForm.NeedAppearances = True


def _hide(pdf: Pdf) -> None:
    _first_field(pdf).F = 2


def _print_colours(pdf: Pdf) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"0 0 0 1 k 0 0 9 9 re f")


def _empty_glyph(pdf: Pdf) -> None:
    font = next(iter(pdf.pages[0].Resources.Font.keys()))
    pdf.pages[0].Contents = pdf.make_stream(b"BT %s 9 Tf <00> Tj ET" % font.encode())


def _no_font(pdf: Pdf) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"BT /Nix 9 Tf (x) Tj ET")


def _no_list(pdf: Pdf) -> None:
    pdf.Root.AF = Array()


def _version(pdf: Pdf) -> None:
    pdf.Root.Version = Name("/2.0")


def _other_claim(pdf: Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        xmp["pdfaid:part"] = "2"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_drop(lambda pdf: pdf.Root, "/Metadata"), "there is no XMP metadata"),
        (_drop(lambda pdf: pdf.Root, "/OutputIntents"), "there is no output intent"),
        (_other_claim, "XMP does not say PDF/A-3b"),
        (_version, "the catalogue says version /2.0"),
        (_no_list, "attachment rows.json is not in the catalogue's /AF"),
        (_drop(lambda pdf: pdf.Root.AF[0], "/AFRelationship"), "rows.json has no relationship"),
        (_drop(lambda pdf: pdf.Root.AF[0], "/UF"), "rows.json lacks a file name"),
        (_drop(lambda pdf: pdf.Root.AF[0].EF.F, "/Subtype"), "rows.json has no media type"),
        (_drop(lambda pdf: pdf.Root.AF[0].EF.F.Params, "/ModDate"), "has no modification date"),
        (_script, "the catalogue has /OpenAction"),
        (_let_readers_draw, "the form asks readers to draw"),
        (_drop(_first_field, "/AP"), "field comment has no appearance"),
        (_hide, "field comment is not always printed"),
        (_print_colours, "page 1: colours for a printing press"),
        (_empty_glyph, "page 1: a character without a glyph"),
        (_no_font, "page 1: text in font /Nix, which is not there"),
    ],
)
def test_each_fault_is_named(change: Callable[[Pdf], None], problem: str, unsigned: bytes) -> None:
    assert any(problem in found for found in check_pdfa(changed(unsigned, change)))


def test_encrypted_or_headless_file_is_named(unsigned: bytes) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(unsigned)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    assert "it is encrypted" in check_pdfa(out.getvalue())
    assert check_pdfa(b"GIF89a")[0].startswith("the header")


@pytest.mark.skipif(not SECOND_OPINION, reason="pikepdf[pdfa] is not installed")
def test_second_opinion_of_pikepdf_finds_nothing(unsigned: bytes, signed: bytes) -> None:
    """It knows no forms nor attachments yet: a report without them it approves."""
    from pikepdf.pdfa import validate_written  # noqa: PLC0415  # an extra, see above

    drawn = draw_daily(dailies.daily(), dailies.template(), load(dailies.FONTS), "ab" * 32)
    made_at = dailies.daily().generated_at
    bare = archive(drawn.pdf, store_code="CN01", made_at=made_at, attachments=(), fields=())
    assert validate_written(io.BytesIO(bare), "3b").findings == []
    for report in (unsigned, signed):
        findings = validate_written(io.BytesIO(report), "3b").findings
        assert [found for found in findings if found.kind == "violation"] == []
