"""Names what differs between two revisions of a report. Loads pikepdf.

Called only after verification failed: it tells people where to look and decides nothing.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Object, Pdf, Stream

from storedesk.papers.places import COMMENT

_OURS_TO_CHANGE = {"/ModDate", "/Producer"}  # pyHanko keeps a record of itself in each revision
_PAGE_LINKS = {"/Annots", "/Parent"}


def differences(older: bytes, newer: bytes) -> tuple[str, ...]:
    """Return what is not the same in two revisions, in Chinese words: 第 2 页, 附件 rows.json.

    Signature fields that were still empty in ``older`` may be filled. Returns nothing if a revision
    cannot be opened or nothing that people know by name differs.
    """
    try:
        with pikepdf.open(io.BytesIO(older)) as before, pikepdf.open(io.BytesIO(newer)) as after:
            return tuple(_differences(before, after))
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError):
        return ()


def _differences(before: Pdf, after: Pdf) -> Iterator[str]:
    if len(before.pages) != len(after.pages):
        yield f"页数由 {len(before.pages)} 变为 {len(after.pages)}"
    for number, (old, new) in enumerate(zip(before.pages, after.pages, strict=False), 1):
        if _page_print(old.obj) != _page_print(new.obj):
            yield f"第 {number} 页"
    attached, now_attached = _attachments(before), _attachments(after)
    for name in sorted({*attached, *now_attached}):
        if attached.get(name) != now_attached.get(name):
            yield f"附件 {name}"
    yield from _form_differences(before, after)
    if _facts(before) != _facts(after):
        yield "文件信息"
    if any(key in after.Root and key not in before.Root for key in ("/OpenAction", "/AA")):
        yield "打开时运行的动作"


def _page_print(page: Object) -> str:
    """Return the fingerprint of what a page shows: its contents, fonts, and foreign notes."""
    drawn = {key: page[key] for key in page.keys() if key not in _PAGE_LINKS}  # noqa: SIM118  # pikepdf
    notes = [note for note in page.get("/Annots", ()) if note.get("/Subtype") != "/Widget"]
    return _print([*drawn.values(), *notes])


def _attachments(pdf: Pdf) -> Mapping[str, str]:
    return {
        name: hashlib.sha256(spec.get_file().read_bytes()).hexdigest()
        for name, spec in pdf.attachments.items()
    }


def _form_differences(before: Pdf, after: Pdf) -> Iterator[str]:
    old, new = _fields(before), _fields(after)
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield f"少了表单项「{name}」"
        elif name not in old:
            yield f"多了表单项「{name}」"
        elif _settled(name, old) and _field_print(old[name]) != _field_print(new[name]):
            yield "批示" if name == COMMENT else f"{old[name].get('/TU', name)}的签字栏"


def _settled(name: str, fields: Mapping[str, Object]) -> bool:
    """Whether a field may no longer change: it is filled, or the last signature closed it empty."""
    if name != COMMENT:
        return "/V" in fields[name]
    return bool(str(fields[name].get("/V", ""))) or all("/V" in field for field in fields.values())


def _field_print(field: Object) -> str:
    """Return the fingerprint of a filled field: what it holds and how it looks."""
    value = field.get("/V", "")
    held = value.get("/Contents", "") if isinstance(value, Dictionary) else value
    return _print([held, field.get("/AP", "")])


def _fields(pdf: Pdf) -> Mapping[str, Object]:
    form = pdf.Root.get("/AcroForm", Dictionary())
    return {str(field.get("/T", "")): field for field in form.get("/Fields", Array())}


def _facts(pdf: Pdf) -> Mapping[str, str]:
    return {k: str(v) for k, v in pdf.docinfo.items() if k not in _OURS_TO_CHANGE}


def _print(parts: list[object]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part, set()):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(part: object, seen: set[tuple[int, int]]) -> Iterator[bytes]:
    """Yield everything under an object; a page is named, not entered, and nothing twice."""
    if isinstance(part, (Dictionary, Stream, Array)) and part.is_indirect:
        if part.objgen in seen:
            return
        seen.add(part.objgen)
    if isinstance(part, Array):
        for item in part:
            yield from _pieces(item, seen)
    elif isinstance(part, (Dictionary, Stream)):
        if isinstance(part, Stream):
            yield part.read_bytes()
        for key in sorted(part.keys()):
            if key not in {"/P", "/Parent", "/Length", "/Filter", "/DecodeParms"}:
                yield key.encode()
                yield from _pieces(part[key], seen)
    else:
        yield repr(part).encode()
