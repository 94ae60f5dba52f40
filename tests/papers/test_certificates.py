from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from storedesk.domain.signatures import Role
from storedesk.papers import certificates
from storedesk.papers.certificates import PrivateKey, issued_by
from tests.helpers import signers
from tests.helpers.signers import cast


def issued(
    name: str, issuer: x509.Name | None, key: PrivateKey, issuing: PrivateKey, *, ca: bool
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuing, hashes.SHA256())
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@pytest.mark.parametrize("between_is_authority", [True, False])
def test_way_to_the_root_may_lead_over_an_authority_of_the_store(
    between_is_authority: bool,  # noqa: FBT001  # the two cases
) -> None:
    head, store, person = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = issued("总部根", None, head, head, ca=True)
    between = issued("门店签发", root.subject, store, head, ca=between_is_authority)
    own = issued("王建国", between.subject, person, store, ca=False)

    found = issued_by(der(own), [der(between), b"not a certificate"], [der(root)])

    assert found == (der(root) if between_is_authority else None)
    assert issued_by(der(own), [], [der(root)]) is None


def test_root_of_the_same_name_is_not_the_root() -> None:
    person = signers.staff(Role.GM).certificate.der
    assert issued_by(person, [], [cast().opened_root.certificate.der]) is not None
    assert issued_by(person, [], [signers.new_cast().opened_root.certificate.der]) is None


def test_root_is_no_authority_over_itself_without_being_pinned() -> None:
    root = cast().opened_root.certificate.der
    assert issued_by(root, [root], []) is None


def test_certificate_tells_acrobat_and_pyhanko_what_it_is_for() -> None:
    certificate = certificates.loaded(signers.staff(Role.GM).certificate.der)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [purpose.dotted_string for purpose in purposes] == [
        "1.3.6.1.5.5.7.3.36",
        "1.2.840.113583.1.1.5",
    ]
