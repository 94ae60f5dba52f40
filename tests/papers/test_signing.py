from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest

from storedesk.domain.errors import NotWritable, StoreDeskError
from storedesk.domain.paper_errors import (
    AlreadySigned,
    CommentTooLong,
    KeyExpired,
    KeyRevoked,
    NotSignable,
    NotYourTurn,
    SamePerson,
    UnknownRoot,
    WrongPassphrase,
    WrongRole,
    WrongStore,
)
from storedesk.domain.signatures import CALLER_AND_MANAGER, Role
from storedesk.papers.conformance import check_pdfa
from storedesk.papers.identity import Holder, OpenKey, Revocation, revocation_list
from storedesk.papers.signing import SigningSession
from storedesk.papers.verifying import verify
from tests.helpers import dailies, reading, signers, tampering
from tests.helpers.signers import CALLER, PASSPHRASE, cast

BOTH = Holder("林晓", CALLER_AND_MANAGER, "回访人兼客服主管", "CN01", "好家居南湖店", "YG-004")


@pytest.fixture
def report(tmp_path: Path, unsigned: bytes) -> Path:
    path = tmp_path / "RB-20261122.pdf"
    path.write_bytes(unsigned)
    return path


def session(key: Role | OpenKey, **options: object) -> SigningSession:
    opened = signers.staff(key) if isinstance(key, Role) else key
    given: dict[str, object] = {"roots": cast().roots, "fonts": dailies.FONTS}
    return SigningSession(opened, **(given | options))  # type: ignore[arg-type]  # keyword arguments by name


def sign_by(report: Path, *roles: Role) -> None:
    for role in roles:
        session(role).sign(report)


def test_three_people_sign_in_their_order(report: Path, unsigned: bytes) -> None:
    first = session(Role.CALLER).sign(report)
    assert not first.verdict.complete
    second = session(Role.MANAGER).sign(report)
    assert not second.verdict.complete
    third = session(Role.GM).sign(report, comment=signers.COMMENT)

    assert third.verdict.exit_code == 0
    assert [s.name for s in third.verdict.signers] == ["赵倩", "周敏", "王建国"]
    assert [s.label for s in third.verdict.signers] == ["回访人", "客服主管", "店长"]
    assert third.signer == third.verdict.signers[-1]
    data = report.read_bytes()
    assert data.startswith(unsigned), "what was there before stays byte for byte"
    assert check_pdfa(data) == []
    assert [path.name for path in report.parent.iterdir()] == [report.name]


def test_stamps_and_comment_can_be_read(report: Path) -> None:
    sign_by(report, Role.CALLER, Role.MANAGER)
    session(Role.GM).sign(report, comment=signers.COMMENT, remark="补签")
    data = report.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        assert str(fields["comment"].V) == signers.COMMENT
        looks = {name: bytes(field.AP.N.read_bytes()) for name, field in fields.items()}
    assert all(looks.values()), "every field has a look"
    mark = signers.staff(Role.GM).certificate.mark
    shown = reading.poppler_text(data) if reading.HAS_POPPLER else ""
    if shown:
        assert signers.COMMENT in shown
        assert f"证书{mark}·试用·补签" in shown


def test_stamp_shows_the_signed_moment(report: Path) -> None:
    moment = datetime.now(UTC).replace(microsecond=0)
    signed = session(Role.CALLER, now=lambda: moment).sign(report)
    local = moment.astimezone().replace(tzinfo=None)
    assert signed.signer.at == local
    if reading.HAS_POPPLER:
        assert f"{local:%Y-%m-%d%H:%M:%S}" in reading.poppler_text(report.read_bytes())


def test_one_passphrase_signs_many_reports(tmp_path: Path, unsigned: bytes) -> None:
    made = cast().key_file(CALLER)
    opened = SigningSession.open(made.p12, PASSPHRASE, roots=cast().roots, fonts=dailies.FONTS)
    assert opened.holder == CALLER
    for number in range(3):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(unsigned)
        assert opened.sign(path).signer.name == "赵倩"


def test_wrong_passphrase_changes_nothing(report: Path, unsigned: bytes) -> None:
    made = cast().key_file(CALLER)
    with pytest.raises(WrongPassphrase):
        SigningSession.open(made.p12, "错的口令错的口令", roots=cast().roots, fonts=dailies.FONTS)
    assert report.read_bytes() == unsigned


def test_one_person_signs_the_first_two_steps_at_once(report: Path) -> None:
    first = session(cast().key(BOTH)).sign(report, both=True)
    assert first.signer.label == "回访人兼客服主管"
    assert first.signer.roles == CALLER_AND_MANAGER
    last = session(Role.GM).sign(report, comment="已阅。")
    assert last.verdict.exit_code == 0
    assert [s.label for s in last.verdict.signers] == ["回访人兼客服主管", "店长"]
    assert check_pdfa(report.read_bytes()) == []


def test_one_person_may_also_sign_the_two_steps_one_by_one(report: Path) -> None:
    key = cast().key(BOTH)
    session(key).sign(report)
    session(key).sign(report)
    assert session(Role.GM).sign(report).verdict.exit_code == 0


@pytest.mark.parametrize(
    ("before", "key", "error", "sentence"),
    [
        ((), Role.MANAGER, NotYourTurn, "要先由回访人签字"),
        ((), Role.GM, NotYourTurn, "要先由回访人签字"),
        ((Role.CALLER,), Role.GM, NotYourTurn, "要先由客服主管签字"),
        ((Role.CALLER,), Role.CALLER, AlreadySigned, "的回访人已经签过字"),
        ((Role.CALLER, Role.MANAGER), Role.MANAGER, AlreadySigned, "的客服主管已经签过字"),
        ((Role.CALLER, Role.MANAGER, Role.GM), Role.GM, AlreadySigned, "的店长已经签过字"),
    ],
)
def test_out_of_turn_is_refused_and_the_file_stays(
    before: tuple[Role, ...], key: Role, error: type[StoreDeskError], sentence: str, report: Path
) -> None:
    sign_by(report, *before)
    _assert_refused(report, session(key), error, sentence)


@pytest.mark.parametrize(
    ("key", "error", "sentence"),
    [
        (lambda: cast().key(replace(CALLER, roles=())), WrongRole, "没有「回访人」签字权"),
        (lambda: cast().key(CALLER, days_ago=800), KeyExpired, "现在无效（有效期"),
        (lambda: cast().key(CALLER, days_ago=-3), KeyExpired, "检查电脑时间"),
        (lambda: signers.new_cast().key(CALLER), UnknownRoot, "不在本机信任的根证书里"),
        (lambda: cast().key(replace(CALLER, store_code="CN02")), WrongStore, "门店「CN02」"),
    ],
)
def test_key_that_may_not_sign_is_refused(
    key: Callable[[], OpenKey], error: type[StoreDeskError], sentence: str, report: Path
) -> None:
    _assert_refused(report, session(key()), error, sentence)


def test_revoked_key_is_refused_for_whatever_reason(report: Path) -> None:
    serial = signers.staff(Role.CALLER).certificate.serial
    for left in (True, False):
        entry = Revocation(serial, datetime.now(UTC) - timedelta(days=1), left)
        listed = revocation_list(cast().opened_root, [entry], number=1)
        _assert_refused(
            report, session(Role.CALLER, revocations=[listed]), KeyRevoked, "作废，不能再签"
        )


def test_last_signature_must_be_somebody_elses(report: Path) -> None:
    everything = replace(BOTH, roles=(Role.CALLER, Role.MANAGER, Role.GM))
    key = cast().key(everything)
    session(key).sign(report, both=True)
    _assert_refused(report, session(key), SamePerson, "店长一栏须由另一个人来签")


def test_only_who_holds_both_roles_may_sign_for_both(report: Path) -> None:
    _assert_refused(report, session(Role.CALLER), WrongRole, "回访人兼客服主管", both=True)


def test_comment_comes_with_the_last_signature_only(report: Path) -> None:
    _assert_refused(
        report, session(Role.CALLER), NotSignable, "批示由店长签字时填写", comment="已阅"
    )
    sign_by(report, Role.CALLER, Role.MANAGER)
    _assert_refused(report, session(Role.GM), CommentTooLong, "批示写不下", comment="阅" * 700)


def test_altered_report_is_not_signed(report: Path) -> None:
    sign_by(report, Role.CALLER)
    report.write_bytes(report.read_bytes() + b"%more\n")
    _assert_refused(report, session(Role.MANAGER), NotSignable, "在回访人签字后被改过")


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_report_is_not_signed(content: bytes, report: Path) -> None:
    report.write_bytes(content)
    _assert_refused(report, session(Role.CALLER), NotSignable, "不能签：")


def test_foreign_pdf_is_not_signed(report: Path) -> None:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    report.write_bytes(out.getvalue())
    _assert_refused(report, session(Role.CALLER), NotSignable, "不是店务台的日报")


def test_report_with_a_field_too_many_is_not_signed(report: Path) -> None:
    report.write_bytes(signers.revise(report.read_bytes(), tampering.another_field))
    _assert_refused(report, session(Role.CALLER), NotSignable, "多出了表单项「sig_fourth」")


def test_report_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotSignable, match="文件不在原处了"):
        session(Role.CALLER).sign(tmp_path / "RB-20261122.pdf")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here")
def test_folder_that_cannot_be_written_is_one_sentence(report: Path, unsigned: bytes) -> None:
    report.parent.chmod(0o500)
    try:
        with pytest.raises(NotWritable):
            session(Role.CALLER).sign(report)
    finally:
        report.parent.chmod(0o700)
    assert report.read_bytes() == unsigned


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_others_on_the_share_can_still_read_the_signed_file(report: Path) -> None:
    report.chmod(0o664)
    sign_by(report, Role.CALLER)
    assert report.stat().st_mode & 0o777 == 0o664


def test_report_signed_meanwhile_by_somebody_else_is_not_overwritten(report: Path) -> None:
    """Two PCs on a share: the other's signature arrives while ours is being made."""
    others = signers.sign(report.read_bytes(), Role.CALLER)

    def now() -> datetime:
        report.write_bytes(others)
        return datetime.now(UTC)

    with pytest.raises(NotSignable, match="刚刚被别人改动过"):
        session(Role.CALLER, now=now).sign(report)
    assert report.read_bytes() == others


def test_signing_logs_no_name(report: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    sign_by(report, Role.CALLER, Role.MANAGER, Role.GM)
    assert not any(name in caplog.text for name in ("赵倩", "周敏", "王建国"))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed")
def test_pdfsig_finds_every_signature_valid(tmp_path: Path, signed: bytes) -> None:
    said = _pdfsig(tmp_path, signed)
    assert said.count("Signature Validation: Signature is Valid.") == 3
    assert said.count("Total document signed") == 1
    assert said.count("Signature Type: ETSI.CAdES.detached") == 3


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed")
def test_pdfsig_misses_what_verify_finds(tmp_path: Path, unsigned: bytes, signed: bytes) -> None:
    """Case 07: a page replaced between two signatures; digests alone say nothing about it."""
    case = next(case for case in tampering.CASES if case.name.startswith("07"))
    falsified = case.tamper(unsigned, signed)
    assert verify(falsified, cast().roots).exit_code == 1
    assert _pdfsig(tmp_path, falsified).count("Signature Validation: Signature is Valid.") == 3


def _pdfsig(folder: Path, report: bytes) -> str:
    path = folder / "report.pdf"
    path.write_bytes(report)
    return subprocess.run(
        ["pdfsig", path], capture_output=True, encoding="utf-8", check=False
    ).stdout


def _assert_refused(
    report: Path,
    by: SigningSession,
    error: type[StoreDeskError],
    sentence: str,
    *,
    both: bool = False,
    comment: str = "",
) -> None:
    before = report.read_bytes()
    with pytest.raises(error, match=sentence):
        by.sign(report, both=both, comment=comment)
    assert report.read_bytes() == before
    assert [path.name for path in report.parent.iterdir()] == [report.name]
