from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storedesk.domain.paper_errors import TrustUnreadable
from storedesk.domain.signatures import Role
from storedesk.papers.identity import Revocation, revocation_list
from storedesk.papers.report import fingerprint
from storedesk.papers.verifying import verify
from tests.helpers import signers
from tests.helpers.signers import cast, sign, signed_by_two
from tests.papers.conftest import ROWS_JSON


def later(days: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_good_report_is_trusted_and_says_who_signed(signed: bytes) -> None:
    verdict = verify(signed, cast().roots)
    assert (verdict.readable, verdict.trusted, verdict.unaltered, verdict.complete) == (True,) * 4
    assert verdict.exit_code == 0
    assert verdict.findings == ()
    assert [(s.order, s.name, s.label, s.roles, s.staff_no) for s in verdict.signers] == [
        (1, "赵倩", "回访人", (Role.CALLER,), "YG-003"),
        (2, "周敏", "客服主管", (Role.MANAGER,), "YG-002"),
        (3, "王建国", "店长", (Role.GM,), "YG-001"),
    ]
    assert (verdict.report_no, verdict.store_code) == ("RB-20261122", "CN01")
    assert verdict.data_fingerprint == fingerprint(ROWS_JSON)


def test_trial_root_and_haste_are_said(signed: bytes) -> None:
    verdict = verify(signed, cast().roots)
    assert all(signer.trial for signer in verdict.signers)
    assert verdict.notes == ("证书由试用根签发，只供试用，不作凭证。", "几个签字相隔不到 60 秒。")
    assert verdict.headline().startswith(
        "可以采信（试用根签发，只供试用）：日报 RB-20261122 由 3 人"
    )


def test_clocks_that_differ_are_said(unsigned: bytes) -> None:
    report = sign(sign(unsigned, Role.CALLER, minutes=10), Role.MANAGER)
    verdict = verify(sign(report, Role.GM, minutes=20), cast().roots)
    assert verdict.exit_code == 0
    assert verdict.notes[1:] == ("签字时间先后颠倒，有签字电脑的时钟不准。",)


def test_root_is_never_taken_from_the_file(signed: bytes) -> None:
    verdict = verify(signed, [])
    assert verdict.exit_code == 1
    assert not verdict.trusted
    assert verdict.unaltered
    assert "不在您信任的根证书里" in verdict.findings[0]


def test_half_signed_report_is_not_finished(unsigned: bytes) -> None:
    verdict = verify(signed_by_two(unsigned), cast().roots)
    assert verdict.exit_code == 1
    assert verdict.trusted
    assert verdict.unaltered
    assert not verdict.complete
    assert verdict.headline() == "还没有签完：日报 RB-20261122。还差店长签字。"


def test_unsigned_report_proves_nothing(unsigned: bytes) -> None:
    verdict = verify(unsigned, cast().roots)
    assert verdict.exit_code == 1
    assert verdict.findings == ("还没有人签字。",)
    assert not verdict.trusted
    assert verdict.headline() == "还没有签完：日报 RB-20261122。还没有人签字。"


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF\n", b"%PDF-1.7" * 99])
def test_what_cannot_be_read_is_said_with_its_own_code(content: bytes) -> None:
    verdict = verify(content, cast().roots)
    assert verdict.exit_code == 2
    assert verdict.headline().startswith("读不出来：打不开")


def test_file_is_read_from_disk(tmp_path: Path, signed: bytes) -> None:
    path = tmp_path / "RB-20261122.pdf"
    assert verify(path, cast().roots).exit_code == 2
    path.write_bytes(signed)
    assert verify(path, cast().roots).exit_code == 0


def test_file_of_absurd_size_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "RB-20261122.pdf"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    verdict = verify(path, cast().roots)
    assert verdict.exit_code == 2
    assert "太大" in verdict.headline()


def test_certificate_that_ran_out_since_is_said(signed: bytes) -> None:
    verdict = verify(signed, cast().roots, now=lambda: later(800))
    assert verdict.exit_code == 1
    assert verdict.unaltered
    assert "赵倩的证书不在有效期内" in verdict.findings[0]


def test_who_left_later_signed_well_before(signed: bytes) -> None:
    serial = signers.staff(Role.MANAGER).certificate.serial
    entry = Revocation(serial, later(1), left=True)
    listed = revocation_list(cast().opened_root, [entry], number=2)
    assert verify(signed, cast().roots, revocations=[listed]).exit_code == 0


def test_who_left_before_cannot_have_signed(signed: bytes) -> None:
    serial = signers.staff(Role.MANAGER).certificate.serial
    entry = Revocation(serial, later(-1), left=True)
    listed = revocation_list(cast().opened_root, [entry], number=2)
    assert verify(signed, cast().roots, revocations=[listed]).exit_code == 1


def test_the_newest_list_counts_and_a_forged_one_does_not(signed: bytes) -> None:
    serial = signers.staff(Role.MANAGER).certificate.serial
    entry = Revocation(serial, later(-1), left=False)
    old = revocation_list(cast().opened_root, [], number=1, now=lambda: later(-10))
    new = revocation_list(cast().opened_root, [entry], number=2)
    forged = revocation_list(signers.new_cast().opened_root, [entry], number=3)
    assert verify(signed, cast().roots, revocations=[new, old]).exit_code == 1
    assert verify(signed, cast().roots, revocations=[old, forged]).exit_code == 0


def test_list_that_ran_out_is_not_believed(signed: bytes) -> None:
    old = revocation_list(cast().opened_root, [], number=1, now=lambda: later(-500))
    verdict = verify(signed, cast().roots, revocations=[old])
    assert verdict.exit_code == 1
    assert "吊销名单已过期" in verdict.findings[0]


def test_last_signature_of_a_person_who_signed_before_does_not_count(unsigned: bytes) -> None:
    everything = replace(signers.MANAGER, roles=(Role.MANAGER, Role.GM))
    key = cast().key(everything)
    falsified = sign(sign(sign(unsigned, Role.CALLER), Role.MANAGER, key), Role.GM, key)
    verdict = verify(falsified, cast().roots)
    assert verdict.exit_code == 1
    assert verdict.findings == ("「店长」须由另一个人来签，周敏前面已经签过。",)


def test_key_of_another_store_does_not_count(unsigned: bytes) -> None:
    key = cast().key(replace(signers.GM, store_code="CN02"))
    verdict = verify(sign(signed_by_two(unsigned), Role.GM, key), cast().roots)
    assert verdict.exit_code == 1
    assert verdict.findings == ("王建国的证书属于门店「CN02」，不是「CN01」。",)


def test_unreadable_root_or_list_is_one_sentence(signed: bytes) -> None:
    with pytest.raises(TrustUnreadable, match="根证书文件读不出来"):
        verify(signed, [b"not a certificate"])
    with pytest.raises(TrustUnreadable, match="吊销名单文件读不出来"):
        verify(signed, cast().roots, revocations=[b"not a list"])
