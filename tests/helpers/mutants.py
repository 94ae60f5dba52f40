"""Broken and hostile workbooks made from whole ones, each determined by its number alone."""

# ruff: noqa: E501  # long lists of ways

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache

Parts = dict[str, bytes]

SPLINTERS = (
    *(
        b"<",
        b">",
        b'"',
        b"/>",
        b"<row",
        b"</row>",
        b"<c",
        b"</c>",
        b"</sheetData>",
        b"\x00",
        b"&#0;",
    ),
    *(
        b'r="XFD1048576"',
        b"9" * 400,
        b"-1",
        b"1E999",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<?x?>",
    ),
    *(
        b"<f t='array' ref='A1:Z9'>",
        b'<f t="shared" si="0" ref="A1:A9">',
        b"<x:",
        b"&amp",
        b"utf-16",
    ),
    *(
        b'<!DOCTYPE a [<!ENTITY b "c">]>',
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"_x0000_",
        b"\r\n",
        b"xmlns=",
    ),
)
_NUMBER = re.compile(rb"\d+")
_FAR = (b"0", b"1", b"16384", b"1048576", b"1048577", b"4294967296", b"99999999999999999999")
_BOMB = 300 << 20


def mutant(sources: Sequence[bytes], number: int) -> bytes:
    """Return the workbook with a number: a source, broken in one to three ways."""
    chance = random.Random(number)  # noqa: S311  # for tests, and the same every time
    content = chance.choice(sources)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if chance.random() < 0.35:
            content = chance.choice(_OF_FILES)(content, chance)
        else:
            content = _with_parts(content, chance)
    return content


def _with_parts(content: bytes, chance: random.Random) -> bytes:
    """Break a part or the way parts belong together; what is no zip file any more is cut."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = package.infolist()
            if sum(info.file_size for info in infos) > _BOMB // 4:
                return _flipped(content, chance)
            parts = {info.filename: package.read(info) for info in infos}
    except Exception:  # noqa: BLE001  # broken before
        return _truncated(content, chance)
    if not parts:
        return content
    return chance.choice(_OF_PARTS)(parts, chance)


# --- the file as bytes -----------------------------------------------------------------------------


def _truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flipped(content: bytes, chance: random.Random) -> bytes:
    broken = bytearray(content)
    for _ in range(chance.choice((1, 1, 4, 40))):
        if broken:
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _directory_flipped(content: bytes, chance: random.Random) -> bytes:
    """Change bytes where the zip directory stands: names, sizes, places, flags, methods."""
    begin = content.rfind(b"PK\x01\x02", 0, max(len(content) - 200, 0))
    begin = content.find(b"PK\x01\x02") if chance.random() < 0.5 else begin
    broken = bytearray(content)
    for _ in range(chance.choice((1, 2, 8))):
        if 0 <= begin < len(broken):
            at = begin + chance.randrange(min(len(broken) - begin, 300))
            broken[at] = chance.choice((0, 1, 8, 0x7F, 0xFF, chance.randrange(256)))
    return bytes(broken)


def _zeroed(content: bytes, chance: random.Random) -> bytes:
    """Lose a block, as after a power cut."""
    at = chance.randrange(len(content) + 1)
    length = chance.choice((1, 512, 4096))
    return content[:at] + bytes(min(length, len(content) - at)) + content[at + length :]


def _repeated(content: bytes, chance: random.Random) -> bytes:
    at, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[at:end] + content[end:]


def _surrounded(content: bytes, chance: random.Random) -> bytes:
    rubbish = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 600)))
    return rubbish + content if chance.random() < 0.5 else content + rubbish


# --- parts -----------------------------------------------------------------------------------------


def zipped(parts: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return parts as a zip file; names may occur twice."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, part in parts:
            if name in package.NameToInfo:
                del package.NameToInfo[name]  # else a warning
            package.writestr(zipfile.ZipInfo(name), part, method)
    return file.getvalue()


def _edited(
    change: Callable[[bytes, random.Random], bytes],
) -> Callable[[Parts, random.Random], bytes]:
    """Make a way to break one part's content; sheets are broken most often."""

    def broken(parts: Parts, chance: random.Random) -> bytes:
        sheets = [name for name in parts if "sheet" in name.lower() and name.endswith(".xml")]
        name = chance.choice(sheets if sheets and chance.random() < 0.6 else sorted(parts))
        return zipped([*{**parts, name: change(parts[name], chance)}.items()])

    return broken


def _splintered(part: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(part) + 1)
        part = part[:at] + chance.choice(SPLINTERS) + part[at + chance.choice((0, 0, 1, 7)) :]
    return part


def _other_number(part: bytes, chance: random.Random) -> bytes:
    found = [*_NUMBER.finditer(part)]
    if not found:
        return part
    one = chance.choice(found)
    return part[: one.start()] + chance.choice(_FAR) + part[one.end() :]


def _tags_dropped(part: bytes, chance: random.Random) -> bytes:
    tags = [*re.finditer(rb"<[^>]*>", part)]
    for one in sorted(
        chance.sample(tags, min(len(tags), chance.choice((1, 1, 3)))), key=lambda m: -m.start()
    ):
        part = part[: one.start()] + part[one.end() :]
    return part


def _tags_swapped(part: bytes, chance: random.Random) -> bytes:
    tags = [*re.finditer(rb"<[^>]*>", part)]
    if len(tags) < 2:
        return part
    one, other = sorted(chance.sample(tags, 2), key=lambda m: m.start())
    middle = part[one.end() : other.start()]
    return part[: one.start()] + other[0] + middle + one[0] + part[other.end() :]


def _rows_repeated(part: bytes, chance: random.Random) -> bytes:
    rows = [*re.finditer(rb"<row.*?</row>", part, re.DOTALL)]
    if not rows:
        return part
    one = chance.choice(rows)
    return part[: one.end()] + one[0] * chance.choice((1, 2, 50)) + part[one.end() :]


def _nested(part: bytes, chance: random.Random) -> bytes:
    at = part.find(b"<row")
    deep = chance.choice((300, 20_000, 200_000))
    return part[:at] + b"<row>" * deep + part[at:] if at >= 0 else b"<a>" * deep


def _entities(part: bytes, chance: random.Random) -> bytes:
    lines = b"".join(
        b'<!ENTITY l%d "%s">' % (at, b"&l%d;" % (at - 1) * 10 if at else b"ha") for at in range(12)
    )
    at = part.find(b"?>") + 2 if part.startswith(b"<?") else 0
    doctype = b"<!DOCTYPE a [%s]>" % lines
    filled = part[at:].replace(b"<v>", b"<v>&l11;", 1)
    return part[:at] + doctype + filled if chance.random() < 0.7 else doctype + part


def _recoded(part: bytes, chance: random.Random) -> bytes:
    return part.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-16-be", "gb18030", "utf-7"))
    )


def _emptied(_part: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", b" ", b"<a/>", b"\xef\xbb\xbf", b"<?xml version='1.0'?>"))


def _dropped(parts: Parts, chance: random.Random) -> bytes:
    left = dict(parts)
    del left[chance.choice(sorted(parts))]
    return zipped([*left.items()])


def _parts_swapped(parts: Parts, chance: random.Random) -> bytes:
    one, other = chance.choice(sorted(parts)), chance.choice(sorted(parts))
    return zipped([*{**parts, one: parts[other], other: parts[one]}.items()])


def _name_doubled(parts: Parts, chance: random.Random) -> bytes:
    name = chance.choice(sorted(parts))
    other = chance.choice((name, name.upper(), name.replace("/", "\\"), f"../{name}", f"/{name}"))
    return zipped([*parts.items(), (other, parts[chance.choice(sorted(parts))])])


def _stored(parts: Parts, _chance: random.Random) -> bytes:
    return zipped([*parts.items()], zipfile.ZIP_STORED)


@cache
def _packed_bomb() -> tuple[bytes, int]:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    blank = bytes(1 << 20)
    packed, crc = b"", 0
    for _ in range(_BOMB >> 20):
        packed += deflater.compress(blank)
        crc = zlib.crc32(blank, crc)
    return packed + deflater.flush(), crc


def _bomb(parts: Parts, chance: random.Random) -> bytes:
    """Let a part unpack to 300 MB, told or untold."""
    name = chance.choice(sorted(parts))
    content = zipped([*parts.items()])
    packed, crc = _packed_bomb()
    told = chance.choice((_BOMB, len(parts[name]), 0))
    raw = name.encode()
    fields = (20, 0x800, 8, 0, 33, crc, len(packed), told, len(raw), 0)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        start = package.start_dir
        infos = package.infolist()
    at = start
    record = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, at) + raw
    member = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *fields) + raw + packed
    records = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, info.CRC, info.compress_size,
            info.file_size, len(info.filename.encode()), 0, 0, 0, 0, 0, info.header_offset,
        ) + info.filename.encode()
        for info in infos
        if info.filename != name
    )  # fmt: skip
    count, size = len(infos), len(records) + len(record)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, size, start + len(member), 0)
    return content[:start] + member + records + record + end


_OF_FILES = (_truncated, _flipped, _directory_flipped, _zeroed, _repeated, _surrounded)
_OF_PARTS: Sequence[Callable[[Parts, random.Random], bytes]] = (
    *[_edited(_splintered)] * 4,
    *[_edited(_other_number)] * 3,
    *[_edited(_tags_dropped)] * 2,
    *[_edited(_tags_swapped)] * 2,
    *[_edited(_flipped)] * 2,
    _edited(_rows_repeated),
    _edited(_nested),
    _edited(_entities),
    _edited(_recoded),
    _edited(_emptied),
    _edited(_truncated),
    _dropped,
    _parts_swapped,
    _name_doubled,
    _stored,
    _bomb,
)
