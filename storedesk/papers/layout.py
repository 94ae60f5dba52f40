"""Lays a daily report out on pages: title, sections, signature boxes, header and footer.

Loads reportlab. The same paper gives the same bytes each time.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.lib.utils import ImageReader
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from storedesk.domain.daily import DailyPaper
from storedesk.papers.fonts import REGULAR, Fonts
from storedesk.papers.margins import Margins, numbered
from storedesk.papers.places import Place
from storedesk.papers.sections import SECTIONS
from storedesk.papers.sections.signing import SigningBlock
from storedesk.papers.style import (
    BINDING,
    BOTTOM,
    GAP,
    HEADING_LINE,
    LEADING,
    PAGE,
    RIGHT_NOTE,
    TEXT,
    TITLE_LINE,
    TOP,
    WIDTH,
    Pen,
)
from storedesk.papers.template import DailyTemplate

_FINGERPRINT = 12  # hex digits that are printed
_ROOM_FOR_A_BLOCK = 130  # a heading is not left alone at the foot of a page
_LOGO = (120.0, 40.0)
_WEEKDAYS = "一二三四五六日"
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_TITLE_SHARE = 0.6


@dataclass(frozen=True)
class Drawn:
    """A report as reportlab made it, and where its form fields belong."""

    pdf: bytes
    title: str
    places: dict[str, Place]


def draw_daily(
    paper: DailyPaper, template: DailyTemplate, fonts: Fonts, fingerprint: str, logo: bytes = b""
) -> Drawn:
    """Draw the report.

    Args:
        paper: what is printed.
        template: titles, sections and columns.
        fonts: as loaded.
        fingerprint: SHA-256 (hex) of the rows attached to it.
        logo: a PNG or JPEG, or nothing.
    """
    pen = Pen(fonts)
    title = template.title_of([section.trade_name for section in paper.sections])
    places: dict[str, Place] = {}
    story: list[Flowable] = [_head(paper, title, pen, logo), Spacer(0, GAP)]
    story += _blocks(paper, template, pen)
    story += [Spacer(0, GAP), SigningBlock(paper.roles, places)]
    out = io.BytesIO()
    margins = Margins(
        running=f"{_store(paper)} · {title} · {_day(paper)}",
        number=f"编号 {_number(paper)}",
        facts=_facts(paper, fingerprint),
        proof=_proof(paper),
    )
    _document(out, paper, title).build(story, canvasmaker=numbered(margins, fonts))
    return Drawn(out.getvalue(), title, places)


def _head(paper: DailyPaper, title: str, pen: Pen, logo: bytes) -> Table:
    facts = [f"编号 {_number(paper)}", f"回访日期 {_day(paper)}"]
    if paper.prepared_by or paper.timeliness:
        who = f"制表 {paper.prepared_by}" if paper.prepared_by else ""
        facts.append(" · ".join(part for part in (who, paper.timeliness) if part))
    name: list[Flowable] = [pen.text(title, TITLE_LINE), pen.text(_store(paper))]
    left = [[_picture(logo), name]] if logo else [[name]]
    logo_width = [_LOGO[0] + GAP] if logo else []
    rest = WIDTH * _TITLE_SHARE - sum(logo_width)
    cells = [[*left[0], [pen.text(fact, RIGHT_NOTE) for fact in facts]]]
    head = Table(cells, colWidths=[*logo_width, rest, WIDTH * (1 - _TITLE_SHARE)])
    head.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), REGULAR, TEXT, LEADING),
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 0),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return head


def _picture(logo: bytes) -> Image:
    width, height = ImageReader(io.BytesIO(logo)).getSize()
    scale = min(_LOGO[0] / width, _LOGO[1] / height)
    return Image(io.BytesIO(logo), width * scale, height * scale, hAlign="LEFT")


def _blocks(paper: DailyPaper, template: DailyTemplate, pen: Pen) -> Iterator[Flowable]:
    keys = [key for key in template.sections if key in SECTIONS]
    blocks = [block for key in keys for block in SECTIONS[key](paper, template, pen)]
    for number, block in enumerate(blocks):
        # not keepWithNext: before a long table it would move the whole table to the next page
        yield CondPageBreak(_ROOM_FOR_A_BLOCK)
        yield pen.text(f"{_numeral(number)}、{block.title}", HEADING_LINE)
        yield from block.content
        yield Spacer(0, GAP + 2)


def _numeral(number: int) -> str:
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number + 1)


def _store(paper: DailyPaper) -> str:
    named_by_code = paper.store_code not in ("", paper.store)
    return f"{paper.store}（{paper.store_code}）" if named_by_code else paper.store


def _day(paper: DailyPaper) -> str:
    on = paper.reported_on
    return f"{on.year} 年 {on.month} 月 {on.day} 日 星期{_WEEKDAYS[on.weekday()]}"


def _number(paper: DailyPaper) -> str:
    return f"{paper.report_no} 更正版 V{paper.version}" if paper.version > 1 else paper.report_no


def _facts(paper: DailyPaper, fingerprint: str) -> str:
    before = paper.previous_fingerprint[:_FINGERPRINT] or "无（首份）"
    return " · ".join(
        (
            f"生成时间 {paper.generated_at:%Y-%m-%d %H:%M}",
            f"数据截止 {paper.data_until:%Y-%m-%d %H:%M}",
            f"文件指纹 {fingerprint[:_FINGERPRINT]}",
            f"上一日报指纹 {before}",
        )
    )


def _proof(paper: DailyPaper) -> str:
    chain = f"记录链 {paper.history_head[:_FINGERPRINT]}" if paper.history_head else ""
    masked = "客户信息已脱敏" if paper.masked else "客户信息未脱敏，不得外传"
    return " · ".join(part for part in (chain, masked, "电子签字真伪以验签小工具为准") if part)


def _document(out: io.BytesIO, paper: DailyPaper, title: str) -> BaseDocTemplate:
    document = BaseDocTemplate(
        out,
        pagesize=PAGE,
        title=f"{title} {paper.reported_on:%Y-%m-%d}",
        author=paper.store,
        subject=paper.report_no,
        creator="StoreDesk",
        lang="zh-CN",
        initialFontName=REGULAR,  # else every page begins with Helvetica, which is not embedded
        initialFontSize=TEXT,
        initialLeading=LEADING,
        invariant=1,
    )
    frame = Frame(BINDING, BOTTOM, WIDTH, PAGE[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("page", [frame]))
    return document
