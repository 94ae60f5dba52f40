"""X.509 certificates and revocation lists on P-256, by cryptography (pdf.md §5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID, ObjectIdentifier

from storedesk.domain.signatures import Role
from storedesk.papers.identity import (
    LIST_DAYS,
    STAFF_DAYS,
    TRIAL_DAYS,
    TRIAL_ROOT,
    Certificate,
    Holder,
    OpenKey,
    Revocation,
)

PrivateKey = ec.EllipticCurvePrivateKey

_ROLES = ObjectIdentifier("2.5.4.72")  # X.520 "role": the steps of the sign chain, by their keys
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_ADOBE_TRUST = ObjectIdentifier("1.2.840.113583.1.1.5")  # Acrobat asks for it
_LONGEST = 64  # X.520's bound on each part of a name
_CLOCKS_DIFFER = timedelta(minutes=5)


def trial_root(store_code: str, store: str, now: datetime) -> tuple[PrivateKey, x509.Certificate]:
    """Return a new self-signed root for practice, valid for three years."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(
        (NameOID.ORGANIZATION_NAME, store),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, store_code),
        (NameOID.COMMON_NAME, f"{TRIAL_ROOT} {store_code}"),
    )
    builder = _builder(subject, subject, key, now, TRIAL_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(ca=True), critical=True)
    return key, builder.sign(key, hashes.SHA256())


def staff(root: OpenKey, holder: Holder, now: datetime) -> tuple[PrivateKey, x509.Certificate]:
    """Return a new key for ``holder`` and the certificate the root issues for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = loaded(root.certificate.der)
    subject = _name(
        (NameOID.ORGANIZATION_NAME, holder.store),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, holder.store_code),
        (NameOID.TITLE, holder.label),
        (_ROLES, " ".join(role.value for role in holder.roles)),
        (NameOID.SERIAL_NUMBER, holder.staff_no),
        (NameOID.COMMON_NAME, holder.name),
    )
    issuing_key = private_key(root)
    builder = _builder(subject, issuer.subject, key, now, STAFF_DAYS)
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(ca=False), True),
        (x509.ExtendedKeyUsage([_DOCUMENT_SIGNING, _ADOBE_TRUST]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key()), False),
    ):
        builder = builder.add_extension(extension, critical)
    return key, builder.sign(issuing_key, hashes.SHA256())


def revocation_list(
    root: OpenKey, revoked: Iterable[Revocation], number: int, now: datetime
) -> bytes:
    """Return the root's signed list of certificates that no longer count, as DER."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(loaded(root.certificate.der).subject)
        .last_update(now - _CLOCKS_DIFFER)
        .next_update(now + timedelta(days=LIST_DAYS))
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    for entry in revoked:
        flags = x509.ReasonFlags
        reason = flags.cessation_of_operation if entry.left else flags.key_compromise
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(entry.serial)
            .revocation_date(entry.at)
            .add_extension(x509.CRLReason(reason), critical=False)
            .build()
        )
    return builder.sign(private_key(root), hashes.SHA256()).public_bytes(Encoding.DER)


def loaded(file: bytes) -> x509.Certificate:
    """Load a certificate from PEM or DER.

    Raises:
        ValueError: it is neither.
    """
    if file.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_certificate(file)
    return x509.load_der_x509_certificate(file)


def described(certificate: x509.Certificate) -> Certificate:
    """Return what a certificate says, in plain facts."""
    subject = certificate.subject
    keys = _part(subject, _ROLES).split()
    der = certificate.public_bytes(Encoding.DER)
    return Certificate(
        holder=Holder(
            name=_part(subject, NameOID.COMMON_NAME),
            roles=tuple(role for role in Role if role.value in keys),
            label=_part(subject, NameOID.TITLE),
            store_code=_part(subject, NameOID.ORGANIZATIONAL_UNIT_NAME),
            store=_part(subject, NameOID.ORGANIZATION_NAME),
            staff_no=_part(subject, NameOID.SERIAL_NUMBER),
        ),
        issuer=_part(certificate.issuer, NameOID.COMMON_NAME),
        serial=certificate.serial_number,
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        fingerprint=hashlib.sha256(der).hexdigest(),
        der=der,
    )


def private_key(key: OpenKey) -> PrivateKey:
    """Return the private key for cryptography's own functions."""
    loaded_key = load_der_private_key(key.private_key, None)
    if not isinstance(loaded_key, ec.EllipticCurvePrivateKey):
        raise TypeError("signing keys are elliptic-curve keys")
    return loaded_key


def exported(key: PrivateKey) -> bytes:
    """Return the private key as unencrypted PKCS#8, to be held in memory only."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def issued_by(certificate: bytes, chain: Sequence[bytes], roots: Sequence[bytes]) -> bytes | None:
    """Return the pinned root (DER) a certificate leads to, or None.

    Signatures and CA marks only; ``inspecting`` has the full validation of a signed report.
    """
    pinned = [loaded(root) for root in roots]
    between = [*readable(chain)]
    current = loaded(certificate)
    for _ in range(len(between) + 1):
        root = next((root for root in pinned if issued_directly(current, root)), None)
        if root is not None:
            return root.public_bytes(Encoding.DER)
        following = next((link for link in between if issued_directly(current, link)), None)
        if following is None or following == current:
            return None
        current = following
    return None


def issued_directly(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` is an authority and signed this certificate."""
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001  # whatever is wrong with it, it did not issue this one
        return False
    return constraints.value.ca


def readable(chain: Sequence[bytes]) -> Iterator[x509.Certificate]:
    """Yield the certificates that can be read: nobody vouches for what comes with a signature."""
    for der in chain:
        with suppress(ValueError):
            yield loaded(der)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(*parts: tuple[ObjectIdentifier, str]) -> x509.Name:
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")
    filled = [x509.NameAttribute(kind, _cut(kind, text)) for kind, text in parts if text]
    return x509.Name([country, *filled])


def _cut(kind: ObjectIdentifier, text: str) -> str:
    """Cut a part of a name to X.520's bound; cryptography counts a common name in bytes."""
    if kind != NameOID.COMMON_NAME:
        return text[:_LONGEST]
    return text.encode()[:_LONGEST].decode(errors="ignore")


def _part(name: x509.Name, kind: ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""
