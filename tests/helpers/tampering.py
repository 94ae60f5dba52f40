"""The ways to falsify a signed report that pdf.md §3 tried, one function each.

Most leave every signed byte in place and append a revision, as an attacker does: readers that only
recompute digests then still say "valid".
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pikepdf
from asn1crypto import cms
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    pdf_string,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from storedesk.domain.signatures import Role
from storedesk.papers.identity import OpenKey
from storedesk.papers.places import COMMENT, FIELDS
from tests.helpers import signers
from tests.helpers.signers import revise, sign, signed_by_two

Tamper = Callable[[bytes, bytes], bytes]
"""Makes a falsified report of an unsigned one and of the same signed by three."""

Change = Callable[[IncrementalPdfFileWriter], None]


@dataclass(frozen=True)
class Case:
    """One falsification: what it is, how it is made, and what the verdict must say of it."""

    name: str
    tamper: Tamper
    finding: str


# --- bytes changed in place ----------------------------------------------------------------------


def flip(data: bytes, position: int) -> bytes:
    """Change one bit."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def hole(signed: bytes, number: int = -1) -> tuple[int, int]:
    """Return where the hex digits of a signature begin and end; the last one's by default."""
    ranges = [*re.finditer(rb"/ByteRange \[ *0 (\d+) (\d+) (\d+) *\]", signed)]
    return int(ranges[number][1]) + 1, int(ranges[number][2]) - 1


def revision_end(signed: bytes, number: int) -> int:
    """Return how many bytes the signature with this number (from 0) covers."""
    found = [*re.finditer(rb"/ByteRange \[ *0 (\d+) (\d+) (\d+) *\]", signed)][number]
    return int(found[2]) + int(found[3])


def _flip_in(stream: Callable[[pikepdf.Pdf], pikepdf.Object]) -> Tamper:
    def tamper(unsigned: bytes, signed: bytes) -> bytes:
        with pikepdf.open(io.BytesIO(unsigned)) as pdf:
            raw = stream(pdf).read_raw_bytes()
        return flip(signed, signed.index(raw) + len(raw) // 2)

    return tamper


def _first_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    return next(iter(pdf.pages[0].Resources.Font.values())).FontDescriptor.FontFile2


def _flip_in_signature(part: Callable[[cms.SignedData], bytes]) -> Tamper:
    def tamper(_unsigned: bytes, signed: bytes) -> bytes:
        start, end = hole(signed)
        content = bytes.fromhex(signed[start:end].decode())
        wanted = part(cms.ContentInfo.load(content)["content"])
        changed = flip(content, content.index(wanted) + len(wanted) - 1)
        return signed[:start] + changed.hex().upper().encode() + signed[end:]

    return tamper


def _value(signed_data: cms.SignedData) -> bytes:
    return bytes(signed_data["signer_infos"][0]["signature"].native)


def _digest(signed_data: cms.SignedData) -> bytes:
    attributes = signed_data["signer_infos"][0]["signed_attrs"]
    found = next(a for a in attributes if a["type"].native == "message_digest")
    return bytes(found["values"][0].native)


def _certificate(*, authority: bool) -> Callable[[cms.SignedData], bytes]:
    def part(signed_data: cms.SignedData) -> bytes:
        certificates = [choice.chosen for choice in signed_data["certificates"]]
        return bytes(next(c for c in certificates if c.ca is authority).dump())

    return part


def _fill_padding(_unsigned: bytes, signed: bytes) -> bytes:
    _, end = hole(signed)
    return signed[: end - 8] + b"DEADBEEF" + signed[end:]


def _empty_byte_range(_unsigned: bytes, signed: bytes) -> bytes:
    last = [*re.finditer(rb"/ByteRange (\[[^\]]*\])", signed)][-1]
    start, end = last.span(1)
    return signed[:start] + b"null".ljust(end - start) + signed[end:]


# --- revisions appended --------------------------------------------------------------------------


def _page(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    ref, _ = writer.find_page_for_modification(0)
    writer.mark_update(ref)
    page: DictionaryObject = ref.get_object()
    return page


def _replace_page(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"0 0 100 100 re f"))


def _attachment(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    attachment: DictionaryObject = writer.root["/AF"][0]
    return attachment


def _new_file(writer: IncrementalPdfFileWriter) -> StreamObject:
    old = _attachment(writer)["/EF"]["/F"]
    kept = {key: old[key] for key in ("/Type", "/Subtype", "/Params")}
    return StreamObject(kept, stream_data=b'{"rows":[]}')


def _other_file(writer: IncrementalPdfFileWriter) -> None:
    spec = _attachment(writer)
    spec["/EF"]["/F"] = spec["/EF"]["/UF"] = writer.add_object(_new_file(writer))
    writer.update_container(spec["/EF"])


def _same_object_other_file(writer: IncrementalPdfFileWriter) -> None:
    ref = _attachment(writer)["/EF"].raw_get("/F")
    writer.objects[(ref.generation, ref.idnum)] = _new_file(writer)


def _field(writer: IncrementalPdfFileWriter, name: str) -> DictionaryObject:
    for ref in writer.root["/AcroForm"]["/Fields"]:
        field: DictionaryObject = ref.get_object()
        if field["/T"] == name:
            writer.mark_update(ref)
            return field
    raise KeyError(name)


def _unsign_last(writer: IncrementalPdfFileWriter) -> None:
    del _field(writer, FIELDS[Role.GM])["/V"]


def _drawn(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    """Return an appearance that shows a black box."""
    box = ArrayObject(map(NumberObject, (0, 0, 100, 40)))
    entries = {
        NameObject("/Type"): NameObject("/XObject"),
        NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): box,
    }
    form = StreamObject(entries, stream_data=b"0 0 100 40 re f")
    return DictionaryObject({NameObject("/N"): writer.add_object(form)})


def _other_comment(writer: IncrementalPdfFileWriter) -> None:
    _field(writer, COMMENT)["/V"] = pdf_string("同意赔偿十万元。")


def _other_look(name: str) -> Change:
    def change(writer: IncrementalPdfFileWriter) -> None:
        _field(writer, name)["/AP"] = _drawn(writer)

    return change


def _append_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    page = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Page"),
            NameObject("/Parent"): writer.root.raw_get("/Pages"),
            NameObject("/MediaBox"): ArrayObject(map(NumberObject, (0, 0, 842, 595))),
            NameObject("/Resources"): DictionaryObject(),
        }
    )
    pages["/Kids"].append(writer.add_object(page))
    pages["/Count"] = NumberObject(pages["/Count"] + 1)
    writer.update_container(pages["/Kids"])


def _stamp(writer: IncrementalPdfFileWriter) -> None:
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/Rect"): ArrayObject(map(NumberObject, (100, 100, 200, 140))),
            NameObject("/AP"): _drawn(writer),
        }
    )
    _page(writer)["/Annots"] = ArrayObject([writer.add_object(note)])


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): pdf_string("app.alert(1)"),
    }
    writer.root["/OpenAction"] = DictionaryObject(action)
    writer.update_root()


def _other_title(writer: IncrementalPdfFileWriter) -> None:
    known = writer.trailer_view["/Info"]
    known["/Title"] = pdf_string("别的报表")
    writer.update_container(known)


def _swap_font(writer: IncrementalPdfFileWriter) -> None:
    fonts = _page(writer)["/Resources"]["/Font"]
    one, two = (fonts[name]["/FontDescriptor"] for name in [*fonts][:2])
    ref = one.raw_get("/FontFile2")
    writer.objects[(ref.generation, ref.idnum)] = two["/FontFile2"]


def _other_metadata(writer: IncrementalPdfFileWriter) -> None:
    ref = writer.root.raw_get("/Metadata")
    stream = StreamObject({}, stream_data=writer.root["/Metadata"].data.replace(b"RB-", b"XX-"))
    writer.objects[(ref.generation, ref.idnum)] = stream


def another_field(writer: IncrementalPdfFileWriter) -> None:
    """Add a fourth signature field."""
    append_signature_field(writer, SigFieldSpec("sig_fourth", on_page=-1, box=(0, 0, 90, 40)))


def _revised(change: Change) -> Tamper:
    return lambda _unsigned, signed: revise(signed, change)


# --- files written anew --------------------------------------------------------------------------


def _rewritten(_unsigned: bytes, signed: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        pdf.save(out)
    return out.getvalue()


def _stripped(_unsigned: bytes, signed: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            if field.T in FIELDS.values():
                del field["/V"]
        del pdf.Root["/Perms"]
        pdf.save(out)
    return out.getvalue()


# --- signatures that should not be ---------------------------------------------------------------


def _last_by(key: Callable[[], OpenKey]) -> Tamper:
    return lambda unsigned, _signed: sign(signed_by_two(unsigned), Role.GM, key())


def _between(change: Change) -> Tamper:
    """Change something after the first signature and let the other two sign it."""

    def tamper(unsigned: bytes, _signed: bytes) -> bytes:
        changed = revise(sign(unsigned, Role.CALLER), change)
        return sign(sign(changed, Role.MANAGER), Role.GM, comment=signers.COMMENT)

    return tamper


def _in_order(*roles: Role) -> Tamper:
    def tamper(unsigned: bytes, _signed: bytes) -> bytes:
        for role in roles:
            unsigned = sign(unsigned, role)
        return unsigned

    return tamper


def _fourth(_unsigned: bytes, signed: bytes) -> bytes:
    return sign(revise(signed, another_field), Role.GM, field="sig_fourth")


@cache
def _expired() -> OpenKey:
    return signers.cast().key(signers.GM, days_ago=800)


@cache
def _forged() -> OpenKey:
    return signers.new_cast().key(signers.GM)


_DIFFERS = "签过的内容被改动"
_AFTER_GM = "在店长签字后被改过"

CASES = (
    Case("01 byte of a page", _flip_in(lambda pdf: pdf.pages[0].Contents), _DIFFERS),
    Case("02 byte of an object", _flip_in(_first_font), _DIFFERS),
    Case("03 signature value", _flip_in_signature(_value), "店长的签字是伪造的"),
    Case("03 message digest", _flip_in_signature(_digest), _DIFFERS),
    Case("03 signer's certificate", _flip_in_signature(_certificate(authority=False)), "店长"),
    Case("04 padding filled", _fill_padding, "店长的签字里夹带了别的内容"),
    Case("05 bytes behind the end", lambda _, signed: signed + b"%more\n", "多出 6 个字节"),
    Case("06 page replaced", _revised(_replace_page), f"{_AFTER_GM}（第 1 页）"),
    Case(
        "07 page replaced before 2 and 3",
        _between(_replace_page),
        "在回访人签字后被改过（第 1 页）",
    ),
    Case("08 other attachment", _revised(_other_file), f"{_AFTER_GM}（附件 rows.json）"),
    Case(
        "09 attachment's bytes", _revised(_same_object_other_file), f"{_AFTER_GM}（附件 rows.json"
    ),
    Case("10 last signature taken out", _revised(_unsign_last), "在客服主管签字后被改过"),
    Case("11 cut back to two", lambda _, signed: signed[: revision_end(signed, 1)], "还差店长签字"),
    Case("12 all signatures stripped", _stripped, "还没有人签字"),
    Case("13 written anew", _rewritten, _DIFFERS),
    Case("14 page appended", _revised(_append_page), f"{_AFTER_GM}（页数由 3 变为 4"),
    Case("15 stamp over a page", _revised(_stamp), f"{_AFTER_GM}（第 1 页）"),
    Case("16 comment's text", _revised(_other_comment), f"{_AFTER_GM}（批示）"),
    Case("17 comment's look", _revised(_other_look(COMMENT)), f"{_AFTER_GM}（批示）"),
    Case("18 caller's look", _revised(_other_look("sig_caller")), f"{_AFTER_GM}（回访人的签字栏）"),
    Case("19 the same before 2 and 3", _between(_other_look("sig_caller")), "在回访人签字后被改过"),
    Case("20 root of the same name", _last_by(_forged), "不在您信任的根证书里"),
    Case(
        "21 manager's key in the last field",
        _last_by(lambda: signers.staff(Role.MANAGER)),
        "客服主管",
    ),
    Case("22 expired key", _last_by(_expired), "王建国的证书不在有效期内"),
    Case("24 byte range emptied", _empty_byte_range, "签字的结构被破坏"),
    Case("25 script on opening", _revised(_script), f"{_AFTER_GM}（打开时运行的动作）"),
    Case("26 title", _revised(_other_title), f"{_AFTER_GM}（文件信息）"),
    Case("27 font swapped", _revised(_swap_font), f"{_AFTER_GM}（第 1 页"),
    Case("28 metadata", _revised(_other_metadata), _AFTER_GM),
    Case("29 fourth signature", _fourth, "多出了表单项「sig_fourth」"),
    Case("30 manager left out", _in_order(Role.CALLER, Role.GM), "签字的次序或栏目不对"),
    Case("31 manager last", _in_order(Role.CALLER, Role.GM, Role.MANAGER), "签字的次序或栏目不对"),
)
"""Every falsification that has to be found; 23 (revoked) needs a list and 03b is harmless."""

embedded_root_changed = _flip_in_signature(_certificate(authority=True))
"""03b: one bit of the root's copy that comes with a signature and that nobody believes."""
