"""XML as bytes: what the splicer needs of it, and no more.

Parts are edited as bytes so that whatever people made stays as it is; a strict parser reads the
small parts and checks the result (``verify``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from xml.etree import ElementTree as ET

from storedesk.domain.errors import WorkbookDamaged, WorkbookUnsafe

_ATTRIBUTE = re.compile(rb"""([\w:.\-]+)\s*=\s*("[^"]*"|'[^']*')""")
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]+|#\d+|\w+);")
_NAMED = {name: html5[f"{name};"] for name in ("amp", "lt", "gt", "quot", "apos")}
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_NUMBER = 10
_DOCTYPE = b"<!DOCTYPE"
_EXCEL_ESCAPE = re.compile(r"_x([0-9a-fA-F]{4})_")


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """Return the attributes of a start tag by name, values as they stand (not unescaped)."""
    return {found[1]: found[2][1:-1] for found in _ATTRIBUTE.finditer(tag)}


def without_attribute(tag: bytes, name: bytes) -> bytes:
    """Return the start tag without the attribute ``name``."""
    return re.sub(rb"""\s+%s\s*=\s*("[^"]*"|'[^']*')""" % re.escape(name), b"", tag)


def with_attribute(tag: bytes, name: bytes, value: bytes) -> bytes:
    """Return the start tag with the attribute ``name`` set to ``value`` (already escaped)."""
    pattern = re.compile(rb"""(\s%s\s*=\s*)("[^"]*"|'[^']*')""" % re.escape(name))
    if pattern.search(tag):
        return pattern.sub(lambda found: found[1] + b'"' + value + b'"', tag, count=1)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + b" " + name + b'="' + value + b'"' + tag[end:]


def opened(tag: bytes) -> bytes:
    """Return a self-closing tag as a start tag; others as they are."""
    return tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag


def escaped(text: str) -> bytes:
    """Return text for element content or a double-quoted attribute, UTF-8."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, name)
    return text.encode()


def unescaped(raw: bytes) -> str:
    """Return the text that XML character data means."""
    text = raw.decode("utf-8", "replace")
    return _REFERENCE.sub(_meant, text) if "&" in text else text


def _meant(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return _NAMED.get(name, found[0])
    digits = name[1:]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return chr(code) if code <= 0x10FFFF else ""  # noqa: PLR2004  # the last code point


def whole_number(raw: bytes, otherwise: int = 0) -> int:
    """Return the number an attribute holds; ``otherwise`` if it is none (as in a broken part)."""
    return int(raw) if raw.isdigit() and len(raw) <= _LONGEST_NUMBER else otherwise


def storable(text: str) -> str:
    """Return the text without the characters XML cannot hold (control characters, lone halves)."""
    return _ILLEGAL.sub("", text)


def excel_escaped(text: str) -> str:
    r"""Return cell text in Excel's own escaping: ``\r`` and what looks like ``_x0041_``."""
    return _EXCEL_ESCAPE.sub(r"_x005F_x\1_", text).replace("\r", "_x000D_")


def excel_unescaped(text: str) -> str:
    """Return the text that Excel shows for a stored cell text."""
    if "_x" not in text:
        return text
    return _EXCEL_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def parsed(part: bytes, workbook: str, what: str) -> ET.Element:
    """Return the root of a small part.

    Raises:
        WorkbookDamaged: it is not well-formed; the message names ``what``.
        WorkbookUnsafe: it defines entities.
    """
    check_no_doctype(part, workbook, what)
    try:
        return ET.fromstring(part)  # noqa: S314  # without a DOCTYPE there is nothing to expand
    except (ET.ParseError, ValueError, LookupError) as error:
        raise WorkbookDamaged(workbook, f"{what}不完整") from error


def check_no_doctype(part: bytes, workbook: str, what: str) -> None:
    """Check that a part defines no entities: no workbook program writes a DOCTYPE, bombs do.

    Raises:
        WorkbookUnsafe: it does.
    """
    if _DOCTYPE in part:
        raise WorkbookUnsafe(workbook, f"{what} 里有不该有的定义")


def local(tag: str) -> str:
    """Return an element's name without its namespace."""
    return tag.rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes ``start``…``end`` of a part become ``new``."""

    start: int
    end: int
    new: bytes
