from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from storedesk.domain.signatures import Role
from storedesk.papers import certificates
from storedesk.papers.standing import Authorities, misfits
from tests.helpers import signers
from tests.helpers.signers import cast


def listed(reason: x509.ReasonFlags | None, now: datetime) -> bytes:
    """Return a list of the trial root that revokes the manager's certificate yesterday."""
    root = cast().opened_root
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(signers.staff(Role.MANAGER).certificate.serial)
        .revocation_date(now - timedelta(days=1))
    )
    if reason is not None:
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(certificates.loaded(root.certificate.der).subject)
        .last_update(now)
        .next_update(now + timedelta(days=9))
        .add_revoked_certificate(entry.build())
        .sign(certificates.private_key(root), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.mark.parametrize(
    ("reason", "still_counts"),
    [
        (x509.ReasonFlags.cessation_of_operation, True),
        (x509.ReasonFlags.affiliation_changed, True),
        (x509.ReasonFlags.superseded, True),
        (x509.ReasonFlags.key_compromise, False),
        (x509.ReasonFlags.ca_compromise, False),
        (None, False),
    ],
)
def test_what_was_signed_before_counts_only_if_the_person_left(
    reason: x509.ReasonFlags | None,
    still_counts: bool,  # noqa: FBT001  # a column of the table
) -> None:
    certificate = signers.staff(Role.MANAGER).certificate
    now = datetime.now(UTC)  # after the cast was made, however long the tests before took
    authorities = Authorities.of(cast().roots, [listed(reason, now)], now)
    before = [*authorities.objections(certificate, (), now - timedelta(days=2))]
    after = [*authorities.objections(certificate, (), now)]
    unknown = [*authorities.objections(certificate, (), None)]
    assert (before == []) is still_counts
    assert len(after) == len(unknown) == 1


def test_roles_and_store_must_fit_the_field() -> None:
    certificate = signers.staff(Role.MANAGER).certificate
    assert [*misfits(certificate, (Role.MANAGER,), "客服主管", "CN01")] == []
    assert [*misfits(certificate, (Role.GM,), "店长", "CN02")] == [
        "「店长」一栏是周敏签的，其证书只有「客服主管」签字权。",
        "周敏的证书属于门店「CN01」，不是「CN02」。",
    ]
