"""Workbooks as people make them around our ledger, one per thing that careless saving destroys.

Each holds the ledger of ``raw_workbooks.FORM`` in eight rows, with columns of people's own between
and beside ours, and one more sheet.
"""

# ruff: noqa: E501  # XML is easiest to read unbroken

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tests.helpers.made_parts import (
    DRAWING,
    FIRST,
    LABELS,
    LAST,
    NEWER,
    OFFICE,
    SHEET,
    X14,
    Made,
    book,
    linked,
    rows,
)
from tests.helpers.raw_workbooks import (
    HEAD,
    MAIN,
    RELATIONS,
    row,
    sheet,
    text_cell,
    zipped,
)


def _table(*, totals: bool) -> Made:
    bottom = LAST + 1 if totals else LAST
    listed = list(
        rows(lambda n: f'<c r="K{n}"><f>客户表[[#This Row],[金额]]*2</f><v>{n * 2 + 1}</v></c>')
    )
    if totals:
        cells = [
            text_cell(f"A{bottom}", "汇总"),
            f'<c r="G{bottom}"><f>SUBTOTAL(109,客户表[金额])</f></c>',
        ]
        listed.append(row(bottom, *cells))
    part = sheet(*listed, after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>')
    columns = "".join(
        f'<tableColumn id="{at}" name="{label}"/>' for at, label in enumerate(LABELS, 1)
    ).replace(
        '<tableColumn id="11" name="小计"/>',
        '<tableColumn id="11" name="小计"><calculatedColumnFormula>客户表[[#This Row],[金额]]*2'
        "</calculatedColumnFormula></tableColumn>",
    )
    count = ' totalsRowCount="1"' if totals else ' totalsRowShown="0"'
    table = (
        f'{HEAD}<table xmlns="{MAIN}" id="1" name="客户表" displayName="客户表" ref="A1:L{bottom}"{count}>'
        f'<autoFilter ref="A1:L{LAST}"/><tableColumns count="{len(LABELS)}">{columns}</tableColumns>'
        '<tableStyleInfo name="TableStyleMedium2" showRowStripes="1"/></table>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
    types = f'<Override PartName="/xl/tables/table1.xml" ContentType="{kind}"/>'
    content = linked(book(part, types=types), ("table", "../tables/table1.xml"))
    content["xl/tables/table1.xml"] = table.encode()
    if totals:
        return Made(zipped(content), room=False)
    filled = tuple(f'<c r="K{n}"><f>客户表[[#This Row],[金额]]*2</f></c>' for n in (10, 14))
    grown = {"xl/tables/table1.xml": ('ref="A1:L14" totals', '<autoFilter ref="A1:L14"/>')}
    return Made(zipped(content), {**grown, SHEET: filled})


def _ranges() -> Made:
    """Rules and drop-downs that end with the last record, in the old and the newer form."""
    rule = '<cfRule type="expression" priority="{}"><formula>$G2&gt;5</formula></cfRule>'
    drop = '<dataValidation type="list" allowBlank="1" sqref="{}"><formula1>"是,否"</formula1></dataValidation>'
    newer = (
        f'<extLst><ext uri="{{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}}" {X14}><x14:dataValidations'
        ' count="1"><x14:dataValidation type="list"><x14:formula1><xm:f>汇总!$A$1:$A$9</xm:f>'
        "</x14:formula1><xm:sqref>B2:B9</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
        f'<ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" {X14}><x14:sparklineGroups>'
        "<x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>汇总!A1:A9</xm:f>"
        "<xm:sqref>L9</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        "</x14:sparklineGroups></ext></extLst>"
    )
    after = (
        f'<conditionalFormatting sqref="A2:L9">{rule.format(1)}</conditionalFormatting>'
        f'<conditionalFormatting sqref="G2:G5 H2:H9">{rule.format(2)}</conditionalFormatting>'
        f'<dataValidations count="2">{drop.format("I2:I9")}{drop.format("B2:B1048576")}'
        f"</dataValidations>{newer}"
    )
    grown = ('sqref="A2:L14"', 'sqref="G2:G5 H2:H14"', 'sqref="I2:I14"', 'sqref="B2:B1048576"')
    newer_grown = ("<xm:sqref>B2:B14</xm:sqref>", "<xm:sqref>L9</xm:sqref>")
    return Made(zipped(book(sheet(*rows(), after=after))), {SHEET: grown + newer_grown})


def _views() -> Made:
    """Frozen, filtered, with hidden rows and folded columns, and somebody's private view."""
    hidden = rows(attributes=lambda n: ' hidden="1"' if n % 2 else ' outlineLevel="1"')
    before = (
        '<sheetPr filterMode="1"><tabColor rgb="FFFF0000"/></sheetPr><dimension ref="A1:L9"/>'
        '<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2"'
        ' activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15" outlineLevelRow="1" outlineLevelCol="1"/>'
        '<cols><col min="1" max="1" width="20" customWidth="1"/><col min="5" max="9" width="9"'
        ' outlineLevel="1" hidden="1"/><col min="10" max="10" width="9" collapsed="1"/></cols>'
    )
    after = (
        '<autoFilter ref="A1:L9"><filterColumn colId="7"><filters><filter val="2"/></filters>'
        "</filterColumn></autoFilter><customSheetViews><customSheetView guid="
        '"{8E33B0E5-5C11-4B1E-9A1B-111111111111}" showAutoFilter="1"><autoFilter ref="A1:L9"/>'
        "</customSheetView></customSheetViews>"
    )
    names = (
        '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        '客户档案!$A$1:$L$9</definedName><definedName name="_xlnm.Print_Area" localSheetId="0">'
        "客户档案!$A$1:$L$9</definedName></definedNames>"
    )
    grown = {
        SHEET: ('<autoFilter ref="A1:L14"><filterColumn', '<autoFilter ref="A1:L9"/></customSheet'),
        "xl/workbook.xml": (
            'hidden="1">客户档案!$A$1:$L$14<',
            'localSheetId="0">客户档案!$A$1:$L$9<',
        ),
    }
    part = sheet(*hidden, before=before, after=after)
    return Made(zipped(book(part, after_sheets=names)), grown)


def _formulas() -> Made:
    """Own formulas: shared, plain with fixed and relative parts, arrays, with errors."""

    def cells(number: int) -> str:
        shared = ' ref="K2:K9">G2*H2' if number == FIRST else ">"
        kind = f'<f t="shared" si="0"{shared}</f>'
        plain = (
            f"<f>IF($H{number}&gt;$H$2,ROUND(G{number}/H{number},1),&quot;KH-{number}&quot;)</f>"
        )
        array = f'<c r="M{number}"><f t="array" ref="M{number}">SUM(G{number}:H{number})</f><v>0</v></c>'
        error = f'<c r="N{number}" t="e"><f>#REF!+1</f><v>#REF!</v></c>'
        return f'<c r="K{number}">{kind}<v>1</v></c><c r="L{number}" t="str">{plain}<v>a</v></c>{array}{error}'

    filled = ('<c r="K14"><f>G14*H14</f></c>', '<c r="N10"><f>#REF!+1</f></c>')
    # The texts of the L column differ by their own row, so it has no common formula.
    return Made(zipped(book(sheet(*rows(cells), after=""))), {SHEET: filled})


def _looks() -> Made:
    """Row heights, formats that depend on the value, a format of the row and of the column."""
    part = sheet(
        *rows(attributes=lambda _: ' ht="33" customHeight="1" x14ac:dyDescent="0.2"'),
        before='<sheetFormatPr defaultRowHeight="15"/><cols><col min="3" max="3" width="20" style="1"/></cols>',
        after='<conditionalFormatting sqref="G2:G9"><cfRule type="cellIs" dxfId="0" priority="1"'
        ' operator="greaterThan"><formula>5</formula></cfRule></conditionalFormatting>',
        attributes=NEWER,
    )
    content = book(part)
    dxfs = b'<dxfs count="1"><dxf><numFmt numFmtId="170" formatCode="0.00&quot;\xe5\x85\x83&quot;"/></dxf></dxfs>'
    content["xl/styles.xml"] = content["xl/styles.xml"].replace(
        b"</styleSheet>", dxfs + b"</styleSheet>"
    )
    return Made(
        zipped(content),
        {SHEET: ('<row r="14" ht="33" customHeight="1" x14ac:dyDescent="0.2">', 'sqref="G2:G14"')},
    )


def _merged() -> Made:
    """Merged cells in people's own columns and below; links, notes on errors, page breaks."""
    after = (
        '<mergeCells count="2"><mergeCell ref="K2:L3"/><mergeCell ref="B20:L21"/></mergeCells>'
        '<hyperlinks><hyperlink ref="C2" location="汇总!A1" display="客户2"/></hyperlinks>'
        '<printOptions gridLines="1"/><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75"'
        ' header="0.3" footer="0.3"/><headerFooter><oddHeader>&amp;C客户</oddHeader></headerFooter>'
        '<rowBreaks count="1" manualBreakCount="1"><brk id="5" max="16383" man="1"/></rowBreaks>'
        '<ignoredErrors><ignoredError sqref="D2:D9" numberStoredAsText="1"/></ignoredErrors>'
    )
    return Made(zipped(book(sheet(*rows(), after=after))), {SHEET: ('sqref="D2:D9" number',)})


def _comments() -> Made:
    """Notes in the old form with their shapes, and a conversation in the new one."""
    note = "<text><r><rPr><b/></rPr><t>店长：</t></r><r><t> 老客户</t></r></text>"
    old = (
        f'{HEAD}<comments xmlns="{MAIN}"><authors><author>tc={{1}}</author></authors><commentList>'
        f'<comment ref="C3" authorId="0">{note}</comment></commentList></comments>'
    )
    talk = (
        f'{HEAD}<ThreadedComments xmlns="{OFFICE}/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="C3" dT="2026-11-01T09:00:00.00" personId="{2}" id="{1}">'
        "<text>老客户</text></threadedComment></ThreadedComments>"
    )
    shapes = '<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="_x0000_s1025"/></xml>'
    content = linked(
        book(
            sheet(*rows(), after='<legacyDrawing r:id="rId2"/>'),
            relations=f'<Relationship Id="rId70" Type="{OFFICE}/2017/10/relationships/person"'
            ' Target="persons/person.xml"/>',
            types='<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument'
            '.vmlDrawing"/><Override PartName="/xl/comments1.xml" ContentType="application/vnd.'
            'openxmlformats-officedocument.spreadsheetml.comments+xml"/>',
        ),
        ("comments", "../comments1.xml"),
        ("vmlDrawing", "../drawings/vmlDrawing1.vml"),
        (
            f"{OFFICE}/2017/10/relationships/threadedComment",
            "../threadedComments/threadedComment1.xml",
        ),
    )
    content["xl/comments1.xml"] = old.encode()
    content["xl/threadedComments/threadedComment1.xml"] = talk.encode()
    content["xl/persons/person.xml"] = (
        b'<personList><person displayName="x" id="{2}"/></personList>'
    )
    content["xl/drawings/vmlDrawing1.vml"] = shapes.encode()
    return Made(zipped(content))


def _drawings() -> Made:
    """A picture, a chart with its style, a text box, printer settings, a slicer and a pivot."""
    content = linked(
        book(
            sheet(*rows(), after='<drawing r:id="rId1"/>'),
            types='<Default Extension="png" ContentType="image/png"/><Default Extension="bin"'
            ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/>',
            relations=f'<Relationship Id="rId71" Type="{RELATIONS}/pivotCacheDefinition"'
            ' Target="pivotCache/pivotCacheDefinition1.xml"/><Relationship Id="rId72"'
            f' Type="{OFFICE}/2007/relationships/slicerCache" Target="slicerCaches/slicerCache1.xml"/>',
        ),
        ("drawing", "../drawings/drawing1.xml"),
        ("printerSettings", "../printerSettings/printerSettings1.bin"),
        ("pivotTable", "../pivotTables/pivotTable1.xml"),
        (f"{OFFICE}/2007/relationships/slicer", "../slicers/slicer1.xml"),
    )
    anchor = f'<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing"><xdr:absoluteAnchor/></xdr:wsDr>'
    content["xl/drawings/drawing1.xml"] = anchor.encode()
    for name, part in {
        "xl/drawings/_rels/drawing1.xml.rels": b"<Relationships/>",
        "xl/media/image1.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "xl/charts/chart1.xml": f'<c:chartSpace xmlns:c="{DRAWING}/chart"/>'.encode(),
        "xl/charts/style1.xml": b"<cs:chartStyle xmlns:cs='x'/>",
        "xl/printerSettings/printerSettings1.bin": bytes(range(256)) * 4,
        "xl/pivotTables/pivotTable1.xml": b"<pivotTableDefinition/>",
        "xl/pivotCache/pivotCacheDefinition1.xml": b"<pivotCacheDefinition/>",
        "xl/pivotCache/pivotCacheRecords1.xml": b"<pivotCacheRecords/>",
        "xl/slicers/slicer1.xml": b"<slicers/>",
        "xl/slicerCaches/slicerCache1.xml": b"<slicerCacheDefinition/>",
        "xl/webextensions/webextension1.xml": b"<we:webextension xmlns:we='x'/>",
        "customXml/item1.xml": b"<a>&lt;</a>",
        "xl/cellimages.xml": b"<etc:cellImages xmlns:etc='wps'/>",
    }.items():
        content[name] = part
    return Made(zipped(content), opens=False)


def _macros() -> Made:
    """A workbook with macros, whose structure is protected: that forbids no entry."""
    content = book(
        sheet(*rows()),
        types='<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
        relations=f'<Relationship Id="rId73" Type="{OFFICE}/2006/relationships/vbaProject"'
        ' Target="vbaProject.bin"/>',
        in_workbook='<workbookPr codeName="ThisWorkbook"/><workbookProtection lockStructure="1"/>',
    )
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main",
        b"ms-excel.sheet.macroEnabled.main",
    )
    content["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 8
    return Made(zipped(content), ending=".xlsm", opens=False)


def _calendar_1904() -> Made:
    return Made(zipped(book(sheet(*rows()), in_workbook='<workbookPr date1904="1"/>')))


def _unusual() -> Made:
    """Element prefixes, no addresses, single quotes, line ends between the elements, a BOM."""
    labels = "".join(
        f"<x:c t='inlineStr'><x:is><x:t>{label}</x:t></x:is></x:c>\r\n" for label in LABELS
    )
    listed = f"<x:row>{labels}</x:row>"
    for number in range(FIRST, LAST + 1):
        texts = (f"KH-{number}", f"标签{number}", f"客户{number}", "  两边有空格  ")
        cells = "".join(
            f"<x:c s='1' t='inlineStr'><x:is><x:t xml:space='preserve'>{text}</x:t></x:is></x:c>"
            for text in texts
        )
        listed += f"\r\n<x:row spans='1:12'>{cells}<x:c/><x:c><x:v>{number}</x:v></x:c></x:row>"
    part = f"<x:worksheet xmlns:x='{MAIN}'>\r\n<x:sheetData>{listed}</x:sheetData></x:worksheet>"
    return Made(zipped(book("\ufeff<?xml version='1.0'?>" + part)))


def _strict() -> Made:
    """The strict variety: the same elements under other names, days written as ISO texts."""
    days = re.compile(r'<c r="(E\d+)" s="2"><v>\d+</v></c>')
    listed = [days.sub(r'<c r="\1" s="2" t="d"><v>2026-01-05</v></c>', one) for one in rows()]
    content = book(sheet(*listed), in_workbook="<workbookPr/>")
    strict = "http://purl.oclc.org/ooxml"
    for name, part in content.items():
        if name != "[Content_Types].xml":
            text = part.decode().replace(MAIN, f"{strict}/spreadsheetml/main")
            content[name] = text.replace(
                RELATIONS, f"{strict}/officeDocument/relationships"
            ).encode()
    return Made(zipped(content))


MADE: Mapping[str, Callable[[], Made]] = {
    "table": lambda: _table(totals=False),
    "table with totals": lambda: _table(totals=True),
    "rules and drop-downs": _ranges,
    "views and filters": _views,
    "formulas": _formulas,
    "looks": _looks,
    "merged": _merged,
    "comments": _comments,
    "drawings": _drawings,
    "macros": _macros,
    "1904": _calendar_1904,
    "unusual": _unusual,
    "strict": _strict,
}
