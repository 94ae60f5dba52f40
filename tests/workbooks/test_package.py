from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from storedesk.domain.errors import (
    WorkbookDamaged,
    WorkbookEncrypted,
    WorkbookError,
    WorkbookUneditable,
    WorkbookUnsafe,
)
from storedesk.workbooks.markup import Edit
from storedesk.workbooks.package import Package
from storedesk.workbooks.patch import Patch
from tests.helpers.raw_workbooks import zipped

PARTS = {
    "a.xml": b"<a>" + b"x" * 500 + b"</a>",
    "folder/b.bin": bytes(range(256)),
    "c.xml": b"<c/>",
}


def package(content: bytes) -> Package:
    return Package(content, "账.xlsx")


def rewritten(content: bytes, patches: dict[str, Patch], dropped: tuple[str, ...] = ()) -> bytes:
    return b"".join(package(content).rewritten(patches, dropped))


def test_parts_are_read_by_name_without_case() -> None:
    opened = package(zipped(PARTS))
    assert opened.names == tuple(PARTS)
    assert opened.read("FOLDER/B.bin") == PARTS["folder/b.bin"]
    assert opened.actual_name("A.XML") == "a.xml"
    assert "nothing.xml" not in opened


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_unchanged_members_stay_byte_for_byte(method: int) -> None:
    before = zipped(PARTS, method)
    after = rewritten(before, {"c.xml": Patch.of(b"<c/>", [Edit(2, 3, b" d='1'/")])})
    for name in ("a.xml", "folder/b.bin"):
        assert package(before).raw(name) == package(after).raw(name)
    with zipfile.ZipFile(io.BytesIO(after)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == list(PARTS)
        assert opened.read("c.xml") == b"<c d='1'/>"
        assert opened.getinfo("c.xml").date_time == (2026, 11, 22, 9, 30, 0)


def test_members_are_dropped_and_added_last() -> None:
    after = rewritten(zipped(PARTS), {"新.xml": Patch.new_part(b"<n/>")}, ("a.xml",))
    with zipfile.ZipFile(io.BytesIO(after)) as opened:
        assert opened.namelist() == ["folder/b.bin", "c.xml", "新.xml"]
        assert opened.read("新.xml") == b"<n/>"
        assert opened.testzip() is None


def test_data_descriptors_of_others_are_kept_and_not_made_by_us() -> None:
    content = with_descriptor(b"<a/>")
    assert package(content).read("a.xml") == b"<a/>"
    after = rewritten(content, {"a.xml": Patch.new_part(b"<b/>")})
    with zipfile.ZipFile(io.BytesIO(after)) as opened:
        assert opened.getinfo("a.xml").flag_bits & 0x8 == 0
        assert opened.read("a.xml") == b"<b/>"


def with_descriptor(part: bytes) -> bytes:
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    file = Unseekable()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a.xml", part)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", WorkbookDamaged, "不是 .xlsx"),
        (b"PK\x03\x04 and no more", WorkbookDamaged, "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, WorkbookEncrypted, "密码"),
        (b"name,phone\n", WorkbookDamaged, "不是 .xlsx"),
    ],
)
def test_not_a_workbook(content: bytes, kind: type[WorkbookError], words: str) -> None:
    with pytest.raises(kind, match=words):
        package(content)


def test_a_cut_file_is_damaged() -> None:
    whole = zipped(PARTS)
    for length in range(0, len(whole) - 1, 7):
        with pytest.raises(WorkbookDamaged):
            package(whole[:length])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a.xml", "A.XML"])
def test_names_that_two_programs_read_differently_are_unsafe(second: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("a.xml", b"1")
        opened.writestr(second, b"2")
    with pytest.raises(WorkbookUnsafe, match="重名"):
        package(file.getvalue())


def test_a_local_name_unlike_the_directory_is_unsafe() -> None:
    content = zipped(PARTS)
    with pytest.raises(WorkbookUnsafe, match="不一致"):
        package(content.replace(b"a.xml", b"z.xml", 1))


def test_encrypted_members() -> None:
    content = bytearray(zipped({"a.xml": b"<a/>"}))
    record = content.rfind(b"PK\x01\x02")
    content[record + 8] |= 1
    with pytest.raises(WorkbookEncrypted):
        package(bytes(content))


def test_other_compression_is_unsafe() -> None:
    with pytest.raises(WorkbookUnsafe, match="压缩方法"):
        package(zipped(PARTS, zipfile.ZIP_BZIP2))


def test_overlapping_members_are_unsafe() -> None:
    content = bytearray(zipped({"a.xml": b"<a/>", "b.xml": b"<b/>"}, zipfile.ZIP_STORED))
    first = content.find(b"PK\x01\x02")
    struct.pack_into("<II", content, first + 20, 60, 60)
    with pytest.raises(WorkbookUnsafe, match="重叠"):
        package(bytes(content))


def test_a_false_size_is_found_while_unpacking() -> None:
    content = bytearray(zipped({"a.xml": b"x" * 5000}))
    record = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, record + 24, 10)
    with pytest.raises(WorkbookUnsafe, match="大小"):
        package(bytes(content)).read("a.xml")
    struct.pack_into("<I", content, record + 24, 9000)
    with pytest.raises(WorkbookDamaged, match="校验"):
        package(bytes(content)).read("a.xml")


def test_flipped_bits_are_found() -> None:
    content = bytearray(zipped({"a.xml": b"<a>hello</a>"}, zipfile.ZIP_STORED))
    content[content.find(b"hello")] ^= 1
    with pytest.raises(WorkbookDamaged, match="校验"):
        package(bytes(content)).read("a.xml")
    packed = bytearray(zipped({"a.xml": zlib.compress(bytes(range(256)) * 9)}))
    packed[60] ^= 0xFF
    with pytest.raises((WorkbookDamaged, WorkbookUnsafe)):
        package(bytes(packed)).read("a.xml")


def test_what_is_read_but_not_rewritten() -> None:
    plain = zipped(PARTS)
    package(plain).check_editable()
    with pytest.raises(WorkbookUneditable, match="开头"):
        package(b"junk" + plain).check_editable()
    commented = plain[:-2] + struct.pack("<H", 3) + b"abc"
    with pytest.raises(WorkbookUneditable, match="注释"):
        package(commented).check_editable()


def test_zip64_is_read_but_not_rewritten() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened, opened.open("a.xml", "w", force_zip64=True) as part:
        part.write(b"<a/>")
    content = file.getvalue()
    # Python names zip64 in the local header only; the directory gets the field as well.
    at = content.rfind(b"PK\x01\x02")
    end = content.rfind(b"PK\x05\x06")
    record = bytearray(content[at:end])
    struct.pack_into("<H", record, 30, 12)
    record += struct.pack("<HHQ", 1, 8, 4)
    tail = bytearray(content[end:])
    struct.pack_into("<I", tail, 12, len(record))
    changed = package(content[:at] + bytes(record) + bytes(tail))
    assert changed.read("a.xml") == b"<a/>"
    with pytest.raises(WorkbookUneditable, match="ZIP64"):
        changed.check_editable()


def test_a_large_part_stands_in_memory_once() -> None:
    """Not as pieces and as a whole: a sheet of 100,000 rows has 100 MB."""
    size = 24 << 20
    package = Package(zipped({"xl/sheet.xml": bytes(size)}), "a.xlsx")
    tracemalloc.start()
    try:
        assert len(package.read("xl/sheet.xml")) == size
        assert tracemalloc.get_traced_memory()[1] < 1.5 * size
    finally:
        tracemalloc.stop()
