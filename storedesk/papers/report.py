"""Makes a daily report from plain facts: drawn, archived as PDF/A-3b, ready to be signed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from storedesk.domain.daily import DailyPaper
from storedesk.domain.paper_errors import PaperUnreadable
from storedesk.domain.signatures import Role
from storedesk.papers.template import DailyTemplate

ROWS_JSON = "rows.json"
ROWS_XLSX = "rows.xlsx"


def build_daily(
    paper: DailyPaper,
    *,
    rows_json: bytes,
    rows_xlsx: bytes,
    fonts: Path,
    template: DailyTemplate,
    logo: bytes = b"",
) -> bytes:
    """Return the report as PDF/A-3b with its rows attached and empty signature fields.

    The same arguments give the same bytes. Each page bears the first 12 hex digits of the SHA-256
    of ``rows_json``, so that paper and attached rows belong together.

    Args:
        paper: what is printed.
        rows_json: the day's rows for machines, item scores included.
        rows_xlsx: the same rows for people.
        fonts: folder of the shipped fonts (``templates/fonts``).
        template: titles, sections and columns (``templates/reports/daily.toml``).
        logo: a PNG or JPEG, or nothing.

    Raises:
        FontMissing: a font file is not there.
    """
    # reportlab and pikepdf take 0.3 s to load: only who makes a report waits for them
    from storedesk.papers.fonts import load  # noqa: PLC0415
    from storedesk.papers.layout import draw_daily  # noqa: PLC0415
    from storedesk.papers.pdfa import Attachment, FormField, archive  # noqa: PLC0415
    from storedesk.papers.places import COMMENT, FIELDS  # noqa: PLC0415

    drawn = draw_daily(paper, template, load(fonts), fingerprint(rows_json), logo)
    labels = {FIELDS[role]: paper.roles.of(role) for role in Role}
    labels[COMMENT] = f"{paper.roles.gm}批示"
    return archive(
        drawn.pdf,
        store_code=paper.store_code,
        made_at=paper.generated_at,
        attachments=(
            Attachment(ROWS_JSON, rows_json, "application/json", "Data", "日报数据（机器可读）"),
            Attachment(ROWS_XLSX, rows_xlsx, _XLSX, "Alternative", "日报数据（表格）"),
        ),
        fields=[FormField(name, labels[name], place) for name, place in drawn.places.items()],
    )


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def fingerprint(rows_json: bytes) -> str:
    """Return the SHA-256 (hex) of a report's rows; reports are chained and found by it."""
    return hashlib.sha256(rows_json).hexdigest()


def attached_rows(report: Path) -> bytes:
    """Return the rows attached to a report as JSON, nothing if it has none.

    They prove nothing before the report is verified.

    Raises:
        PaperUnreadable: there is no such file, or it is no PDF.
    """
    # pikepdf takes 0.1 s to load: only who looks into a report waits for it
    from pikepdf import PdfError  # noqa: PLC0415

    from storedesk.papers.pdfa import attached  # noqa: PLC0415

    try:
        return attached(report.read_bytes()).get(ROWS_JSON, b"")
    except (OSError, PdfError):
        raise PaperUnreadable(report.name) from None
