"""Make the four fonts beside this file from their published sources. Run by hand, seldom.

=============================  =====================================================================
``StoreDeskSans-Regular.ttf``  text: GB 2312, 通用规范汉字表 (8105), punctuation and symbols
``StoreDeskSans-Bold.ttf``     headings: the same characters
``StoreDeskSans-More.ttf``     every other Han character Noto has (traditional forms, GBK) but the
                               seldom Extension A
``StoreDeskRare.ttf``          what the three above lack: name characters such as 𠮷, and ✗
=============================  =====================================================================

Sources (the licences are in ``OFL-NotoSansSC.txt`` and ``OFL-LXGWWenKai.txt``):

* ``npm pack @expo-google-fonts/noto-sans-sc@0.4.3``: ``400Regular`` and ``700Bold``
* Debian ``fonts-lxgw-wenkai`` 1.250: ``LXGWWenKai-Regular.ttf``
* Unicode 15 ``Unihan_OtherMappings.txt`` (Debian ``unicode-data``), property kTGH

Usage (``pip install fonttools==4.68.0``; the result is the same bytes each time)::

    python templates/fonts/subset.py REGULAR.ttf BOLD.ttf LXGW.ttf Unihan_OtherMappings.txt

Outlines stay TrueType (reportlab refuses CFF), hinting and layout tables go: paper needs neither.
The subsets are renamed because both licences reserve the original names.
"""  # noqa: INP001  # a script beside the files it makes, not a package

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent

HAN = range(0x4E00, 0xA000)
HAN_BLOCKS = (range(0x3400, 0x4DC0), HAN, range(0xF900, 0xFB00), range(0x20000, 0x34000))
SYMBOLS = (
    range(0x20, 0x7F),
    range(0xA0, 0x180),
    range(0x2C6, 0x2DE),
    range(0x391, 0x3CA),
    range(0x401, 0x452),
    range(0x2000, 0x2C00),
    range(0x3000, 0x3100),
    range(0x3200, 0x3400),
    range(0xFE30, 0xFE50),
    range(0xFF01, 0xFFEF),
)
"""Letters, punctuation, arrows, signs, enclosed numbers, kana, units, full-width forms."""

WINDOWS_ENGLISH = (3, 0x409)
FAMILY, STYLE, UNIQUE, FULL, POSTSCRIPT = 1, 2, 3, 4, 6
KEPT_NAMES = {0, 5, 13, 14}  # copyright, version, licence, address of the licence


def main(regular: str, bold: str, lxgw: str, unihan: str) -> None:
    """Write the four subsets beside this file."""
    everyday = gb2312() | general_standard(unihan) | members(SYMBOLS)
    more = (members(HAN_BLOCKS[1:]) & characters(regular)) - everyday
    rare = members((*HAN_BLOCKS, range(0x2190, 0x2C00))) & characters(lxgw)
    rare -= everyday & characters(regular)
    rare -= more
    cut(regular, everyday, "StoreDesk Sans", "Regular")
    cut(bold, everyday, "StoreDesk Sans", "Bold")
    cut(regular, more, "StoreDesk Sans More", "Regular", "StoreDeskSans-More")
    cut(lxgw, rare, "StoreDesk Rare", "Regular", "StoreDeskRare")


def gb2312() -> set[int]:
    """Return the code points of GB 2312."""
    rows = range(0xA1, 0xFF)
    pairs = (bytes((high, low)).decode("gb2312", "ignore") for high in rows for low in rows)
    return {ord(character) for character in pairs if character}


def general_standard(unihan: str) -> set[int]:
    """Return the 8105 code points of 通用规范汉字表, Unihan property kTGH."""
    lines = Path(unihan).read_text(encoding="utf-8").splitlines()
    return {int(line.split()[0].removeprefix("U+"), 16) for line in lines if "\tkTGH\t" in line}


def members(blocks: tuple[range, ...]) -> set[int]:
    """Return every code point of the blocks."""
    return {code for block in blocks for code in block}


def characters(font: str) -> set[int]:
    """Return the code points a font has."""
    return set(TTFont(font, lazy=True).getBestCmap())


def cut(source: str, wanted: set[int], family: str, style: str, file: str = "") -> None:
    """Write the part of ``source`` that shows ``wanted`` under a new family name."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.name_IDs = ["*"]
    options.glyph_names = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "vhea", "vmtx", "VORG"]
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    name = file or f"{family.replace(' ', '')}-{style}"
    rename(font, family, style, name)
    target = HERE / f"{name}.ttf"
    font.save(target)
    sys.stdout.write(f"{target.name}: {len(font.getBestCmap())} characters, ")
    sys.stdout.write(f"{target.stat().st_size / 1e6:.2f} MB\n")


def rename(font: TTFont, family: str, style: str, postscript: str) -> None:
    """Replace the names people and programs see; copyright, version and licence stay."""
    table = font["name"]
    table.names = [
        name
        for name in table.names
        if name.nameID in KEPT_NAMES and (name.platformID, name.langID) == WINDOWS_ENGLISH
    ]
    for number, text in (
        (FAMILY, family),
        (STYLE, style),
        (UNIQUE, f"StoreDesk;{postscript}"),
        (FULL, f"{family} {style}".removesuffix(" Regular")),
        (POSTSCRIPT, postscript),
    ):
        table.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main(*sys.argv[1:])
