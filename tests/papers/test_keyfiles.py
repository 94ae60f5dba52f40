"""A guess at a passphrase must be slow by every way into the file."""

from __future__ import annotations

import hmac
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from asn1crypto import pkcs12
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from storedesk.domain.paper_errors import KeyUnreadable
from storedesk.domain.signatures import Role
from storedesk.papers import identity, keyfiles
from tests.helpers import signers
from tests.helpers.signers import PASSPHRASE, ROUNDS, cast


def test_integrity_check_is_as_slow_as_the_key_itself() -> None:
    """cryptography leaves the MAC at 2,048 rounds whatever is asked for the key."""
    pfx = pkcs12.Pfx.load(cast().key_file(signers.GM).p12)
    assert pfx["mac_data"]["iterations"].native == 2 * ROUNDS
    assert identity.ROUNDS >= 600_000


def test_only_the_private_key_is_encrypted_and_by_the_slow_way() -> None:
    pfx = pkcs12.Pfx.load(cast().key_file(signers.GM).p12)
    kinds = []
    for content in pfx.authenticated_safe:
        assert content["content_type"].native == "data"
        for bag in pkcs12.SafeContents.load(content["content"].native):
            kinds.append(bag["bag_id"].native)
            if kinds[-1] == "pkcs8_shrouded_key_bag":
                algorithm = bag["bag_value"]["encryption_algorithm"]
                assert algorithm.kdf == "pbkdf2"
                assert algorithm.kdf_iterations == ROUNDS
    assert kinds == ["cert_bag", "cert_bag", "pkcs8_shrouded_key_bag"]


@pytest.mark.parametrize(
    "passphrase", ["plain ascii words", "南湖店的签名口令", "口令加表情🙂🙂🙂"]
)
def test_other_programs_accept_passphrase_and_integrity_check(passphrase: str) -> None:
    packed = keyfiles.pack(signers.cast().opened_root, passphrase, ROUNDS)
    key, certificate, _ = load_key_and_certificates(packed, passphrase.encode())
    assert key is not None
    assert certificate is not None
    with pytest.raises(ValueError, match="Invalid password"):
        load_key_and_certificates(packed, b"another passphrase")


def test_key_with_somebody_elses_certificate_is_refused() -> None:
    mixed = replace(signers.staff(Role.GM), certificate=signers.staff(Role.CALLER).certificate)
    with pytest.raises(KeyUnreadable):
        keyfiles.unpack(keyfiles.pack(mixed, PASSPHRASE, ROUNDS), PASSPHRASE)


def test_derived_key_agrees_with_the_file_it_protects() -> None:
    pfx = pkcs12.Pfx.load(cast().key_file(signers.GM).p12)
    mac = pfx["mac_data"]
    key = keyfiles.mac_key(PASSPHRASE, mac["mac_salt"].native, mac["iterations"].native)
    safe = pfx["auth_safe"]["content"].native
    assert hmac.digest(key, safe, "sha256") == mac["mac"]["digest"].native


def test_a_certificate_is_read_as_it_stands_whatever_its_length(tmp_path: Path) -> None:
    """Of 640 bytes and the like asn1crypto thinks the length open, and encodes anew."""
    file = tmp_path / "key.p12"
    # A signature is 70 to 72 bytes long by chance, so the length is met sooner or later.
    for letters in range(2_000):
        holder = replace(signers.GM, store="店" * (letters % 40), label="x" * (letters // 40))
        made = cast().key_file(holder)
        if identity.read_certificate(made.pem).der[3] == 0x80:
            file.write_bytes(made.p12)
            break
    assert file.exists(), "no certificate of such a length came about"
    script = (
        "import sys; from pathlib import Path; from storedesk.papers import keyfiles\n"
        "p12 = Path(sys.argv[1]).read_bytes()\n"
        "keyfiles.certificate_of(p12)\n"
        "import asn1crypto.pdf\n"
        "print(keyfiles.certificate_of(p12).fingerprint)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, file], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == identity.read_certificate(made.pem).fingerprint
