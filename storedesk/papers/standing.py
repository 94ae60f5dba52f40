"""Does a certificate count: from a pinned root, in force, not revoked, for this role and store?

Loads cryptography.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from storedesk.domain.paper_errors import TrustUnreadable
from storedesk.domain.signatures import Role
from storedesk.papers.certificates import issued_by, issued_directly, loaded, readable
from storedesk.papers.identity import Certificate, Revocation

_LEFT = {
    x509.ReasonFlags.affiliation_changed,
    x509.ReasonFlags.cessation_of_operation,
    x509.ReasonFlags.superseded,
}
"""Reasons after which what was signed before still counts; any other casts doubt on all of it."""


@dataclass(frozen=True, slots=True)
class Authorities:
    """Whom this PC trusts: pinned roots, their revocation lists, and the moment that counts.

    Attributes:
        roots: certificates (DER).
        lists: revocation lists.
        now: UTC.
    """

    roots: tuple[bytes, ...]
    lists: tuple[x509.CertificateRevocationList, ...]
    now: datetime

    @classmethod
    def of(cls, roots: Sequence[bytes], lists: Sequence[bytes], now: datetime) -> Authorities:
        """Read roots (PEM or DER) and revocation lists (DER).

        Raises:
            TrustUnreadable: one of them cannot be read.
        """
        try:
            der = tuple(loaded(root).public_bytes(Encoding.DER) for root in roots)
        except ValueError:
            raise TrustUnreadable("根证书") from None
        try:
            return cls(der, tuple(x509.load_der_x509_crl(found) for found in lists), now)
        except ValueError:
            raise TrustUnreadable("吊销名单") from None

    def objections(
        self,
        certificate: Certificate,
        chain: Sequence[bytes],
        signed_at: datetime | None,
    ) -> Iterator[str]:
        """Yield why a signature with this certificate does not count.

        Args:
            certificate: of the signer.
            chain: further certificates (DER) that came with the signature.
            signed_at: when it was given, by the signing PC's own clock.
        """
        name = certificate.holder.name
        if issued_by(certificate.der, chain, self.roots) is None:
            yield f"{name}的证书由「{certificate.issuer}」签发，不在您信任的根证书里。"
            return
        if not certificate.valid_from <= self.now <= certificate.valid_until:
            yield f"{name}的证书不在有效期内（{certificate.validity()}）。"
        newest = self._newest_list(certificate, chain)
        if newest is None:
            return
        if newest.next_update_utc is None or newest.next_update_utc < self.now:
            yield f"「{certificate.issuer}」的吊销名单已过期，请先向总部更新。"
        revoked = _entry(newest, certificate)
        if revoked and not (revoked.left and signed_at and signed_at < revoked.at):
            yield f"{name}的证书已于 {revoked.at:%Y-%m-%d} 吊销，此签字不算数。"

    def revocation(self, certificate: Certificate, chain: Sequence[bytes]) -> Revocation | None:
        """Return how a certificate was revoked, or None."""
        newest = self._newest_list(certificate, chain)
        return _entry(newest, certificate) if newest else None

    def _newest_list(
        self, certificate: Certificate, chain: Sequence[bytes]
    ) -> x509.CertificateRevocationList | None:
        """Return the newest genuine list of whoever issued the certificate."""
        own = loaded(certificate.der)
        issuers = [
            issuer for issuer in readable((*self.roots, *chain)) if issued_directly(own, issuer)
        ]
        genuine = [
            found for found in self.lists if any(_signed_by(found, issuer) for issuer in issuers)
        ]
        return max(genuine, key=lambda found: found.last_update_utc, default=None)


def misfits(
    certificate: Certificate, roles: Sequence[Role], label: str, store_code: str
) -> Iterator[str]:
    """Yield where role or store of a certificate do not fit the field it signed (rule 2)."""
    holder = certificate.holder
    if not set(roles) <= set(holder.roles):
        yield f"「{label}」一栏是{holder.name}签的，其证书只有「{holder.label}」签字权。"
    if holder.store_code != store_code:
        yield f"{holder.name}的证书属于门店「{holder.store_code}」，不是「{store_code}」。"


def _signed_by(found: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return found.issuer == issuer.subject and found.is_signature_valid(key)  # type: ignore[arg-type]  # an authority's key signs


def _entry(found: x509.CertificateRevocationList, certificate: Certificate) -> Revocation | None:
    entry = found.get_revoked_certificate_by_serial_number(certificate.serial)
    if entry is None:
        return None
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        reason = x509.ReasonFlags.unspecified
    return Revocation(certificate.serial, entry.revocation_date_utc, left=reason in _LEFT)
