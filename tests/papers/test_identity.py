from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storedesk.domain.paper_errors import KeyUnreadable, WeakPassphrase, WrongPassphrase
from storedesk.domain.signatures import CALLER_AND_MANAGER, Role
from storedesk.papers import identity
from tests.helpers import signers
from tests.helpers.signers import PASSPHRASE, ROUNDS, cast


def test_trial_root_is_named_so_that_nobody_mistakes_it() -> None:
    root = identity.read_certificate(cast().root.pem)
    assert root.holder.name == "店务台试用根 CN01"
    assert root.trial
    assert root.holder.roles == ()


def test_staff_certificate_names_person_role_and_store() -> None:
    both = replace(signers.CALLER, roles=CALLER_AND_MANAGER, label="回访人兼客服主管")
    made = cast().key_file(both)
    certificate = identity.read_certificate(made.pem)
    assert certificate.holder == both
    assert certificate.issuer == "店务台试用根 CN01"
    assert certificate.trial
    life = certificate.valid_until - certificate.valid_from
    assert life == timedelta(days=730, minutes=5)
    assert identity.read_certificate(made.p12) == certificate, "readable without a passphrase"


def test_key_opens_with_its_passphrase_only() -> None:
    made = cast().key_file(signers.GM)
    opened = identity.open_key(made.p12, PASSPHRASE)
    assert opened.certificate.holder == signers.GM
    assert opened.chain == (cast().opened_root.certificate.der,)
    with pytest.raises(WrongPassphrase) as failure:
        identity.open_key(made.p12, "另一个很长的口令")
    assert str(failure.value) == "签名口令不对，报表没有变动。忘了口令：设置 › 签名 › 重办。"


def test_private_key_does_not_show_when_printed() -> None:
    opened = signers.staff(Role.GM)
    assert "private_key" not in repr(opened)


@pytest.mark.parametrize("damaged", [b"", b"not a key", b"PK\x03\x04" * 20])
def test_foreign_file_is_no_key(damaged: bytes) -> None:
    with pytest.raises(KeyUnreadable):
        identity.open_key(damaged, PASSPHRASE)
    with pytest.raises(KeyUnreadable):
        identity.read_certificate(damaged)


def test_damaged_key_is_refused() -> None:
    made = cast().key_file(signers.GM).p12
    with pytest.raises(KeyUnreadable):
        identity.open_key(made[: len(made) // 2], PASSPHRASE)


def test_passphrase_can_be_changed() -> None:
    made = cast().key_file(signers.GM).p12
    changed = identity.change_passphrase(made, PASSPHRASE, "新的签名口令很长", rounds=ROUNDS)
    assert identity.open_key(changed, "新的签名口令很长") == identity.open_key(made, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        identity.open_key(changed, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        identity.change_passphrase(made, "错的口令错的口令", "新的签名口令很长")


def test_short_passphrase_is_refused_everywhere() -> None:
    made = cast().key_file(signers.GM).p12
    for attempt in (
        lambda: identity.make_trial_root("CN01", "店", "七个字的口令啊"),
        lambda: identity.issue(cast().opened_root, signers.GM, "short"),
        lambda: identity.change_passphrase(made, PASSPHRASE, ""),
    ):
        with pytest.raises(WeakPassphrase, match="至少 8 个字符"):
            attempt()


def test_holder_is_told_by_number_where_both_have_one() -> None:
    assert signers.GM.is_person("改了名", "YG-001")
    assert not signers.GM.is_person("王建国", "YG-009")
    assert signers.GM.is_person("王建国", "")


def test_long_names_are_cut_to_what_a_certificate_holds() -> None:
    long = replace(signers.GM, store="好" * 80, name="王" * 80)
    certificate = identity.read_certificate(cast().key_file(long).pem)
    assert certificate.holder.name == "王" * 21, "64 bytes"
    assert certificate.holder.store == "好" * 64


def test_issued_certificates_follow_the_given_clock() -> None:
    def then() -> datetime:
        return datetime(2020, 1, 1, tzinfo=UTC)

    made = identity.issue(cast().opened_root, signers.GM, PASSPHRASE, now=then, rounds=ROUNDS)
    assert identity.read_certificate(made.pem).validity() == "2019-12-31 至 2021-12-31"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_reads_the_key_file(tmp_path: Path) -> None:
    path = tmp_path / "key.p12"
    path.write_bytes(cast().key_file(signers.GM).p12)
    command = [
        "openssl",
        "pkcs12",
        "-in",
        str(path),
        "-info",
        "-noout",
        "-passin",
        f"pass:{PASSPHRASE}",
    ]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    assert "MAC: sha256, Iteration 2000" in done.stderr
    assert "PBES2, PBKDF2, AES-256-CBC, Iteration 1000, PRF hmacWithSHA256" in done.stderr
