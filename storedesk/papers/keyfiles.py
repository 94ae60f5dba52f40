"""PKCS#12 key files in which no way around the slow passphrase check is left (pdf.md §5).

cryptography protects the key with as many PBKDF2 rounds as asked, but the file's integrity check
(MAC) keeps 2,048 rounds: guessing against that is 300 times cheaper. Here the MAC is computed anew
with twice the rounds (one of its rounds costs half a PBKDF2 round), and the certificate, which is
no secret, lies open. Opening a file needs no MAC: the private key must fit the certificate.
Other programs still read the file.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence

from asn1crypto import cms, core, pkcs12
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    serialize_key_and_certificates,
)

from storedesk.domain.paper_errors import KeyUnreadable, WrongPassphrase
from storedesk.papers.certificates import PrivateKey, described, exported, loaded, private_key
from storedesk.papers.identity import Certificate, KeyFile, OpenKey

_MAC_KEY = 3  # RFC 7292 appendix B.3: what the derived bytes are for
_BLOCK = 64  # bytes SHA-256 takes in at once
_SALT = 16


def key_file(
    key: PrivateKey,
    certificate: x509.Certificate,
    chain: Sequence[bytes],
    passphrase: str,
    rounds: int,
) -> KeyFile:
    """Return a new key as a file, with its certificate as PEM."""
    opened = OpenKey(described(certificate), tuple(chain), exported(key))
    return KeyFile(pack(opened, passphrase, rounds), certificate.public_bytes(Encoding.PEM))


def pack(key: OpenKey, passphrase: str, rounds: int) -> bytes:
    """Return a key as PKCS#12 under a passphrase; takes about half a second at full rounds."""
    mark = hashlib.sha256(key.certificate.der).digest()[:8]  # ties the key bag to its certificate
    bags = [_certificate_bag(der) for der in (key.certificate.der, *key.chain)]
    bags[0]["bag_attributes"] = _mark(mark)
    locked = _locked_key_bag(key, passphrase, rounds)
    locked["bag_attributes"] = _mark(mark)
    safe = pkcs12.AuthenticatedSafe([_contents(bags), _contents([locked])]).dump()
    salt = secrets.token_bytes(_SALT)
    mac = hmac.digest(mac_key(passphrase, salt, 2 * rounds), safe, "sha256")
    return bytes(
        pkcs12.Pfx(
            {
                "version": "v3",
                "auth_safe": {"content_type": "data", "content": core.OctetString(safe)},
                "mac_data": {
                    "mac": {"digest_algorithm": {"algorithm": "sha256"}, "digest": mac},
                    "mac_salt": salt,
                    "iterations": 2 * rounds,
                },
            }
        ).dump()
    )


def unpack(p12: bytes, passphrase: str) -> OpenKey:
    """Open a key file made by ``pack``.

    Raises:
        WrongPassphrase: the passphrase does not open it.
        KeyUnreadable: not such a file, damaged, or its key and certificate do not belong together.
    """
    certificates, locked = _bags(p12)
    try:
        key = load_der_private_key(locked, passphrase.encode())
    except (ValueError, TypeError):
        raise WrongPassphrase from None
    try:
        own, *chain = certificates
        certificate = loaded(own)
    except ValueError:
        raise KeyUnreadable from None
    if not isinstance(key, PrivateKey) or key.public_key() != certificate.public_key():
        raise KeyUnreadable
    return OpenKey(described(certificate), tuple(chain), exported(key))


def certificate_of(p12: bytes) -> Certificate:
    """Return the certificate in a key file; no passphrase is needed.

    Raises:
        KeyUnreadable: not a key file, or damaged.
    """
    certificates, _ = _bags(p12)
    try:
        return described(loaded(certificates[0]))
    except (ValueError, IndexError):
        raise KeyUnreadable from None


def mac_key(passphrase: str, salt: bytes, rounds: int) -> bytes:
    """Derive the MAC key as RFC 7292 appendix B.2 says, for SHA-256 (one block of output)."""
    secret = passphrase.encode("utf-16-be") + b"\0\0"
    digest = bytes([_MAC_KEY]) * _BLOCK + _filled(salt) + _filled(secret)
    for _ in range(rounds):
        digest = hashlib.sha256(digest).digest()
    return digest


def _filled(part: bytes) -> bytes:
    """Repeat a part until it fills whole blocks."""
    length = -(-len(part) // _BLOCK) * _BLOCK
    return (part * (length // len(part) + 1))[:length]


def _bags(p12: bytes) -> tuple[list[bytes], bytes]:
    """Return the certificates, the key's own first, and the encrypted private key.

    WORKAROUND: certificates are taken as they stand. asn1crypto 1.5.1 takes a length ending in 0x80
    for an indefinite one and encodes anew on ``dump``, which fails for Acrobat's key usage if
    ``asn1crypto.pdf`` (which pyHanko loads) names it after the first use.
    """
    certificates: list[bytes] = []
    locked = b""
    try:
        for bag in _safe_bags(p12):
            if bag["bag_id"].native == "cert_bag":
                certificates.append(bytes(bag["bag_value"]["cert_value"]))
            elif bag["bag_id"].native == "pkcs8_shrouded_key_bag":
                locked = bag["bag_value"].untag().dump()
    except (ValueError, TypeError, KeyError):
        raise KeyUnreadable from None
    if not (certificates and locked):
        raise KeyUnreadable
    return certificates, locked


def _safe_bags(p12: bytes) -> Iterator[pkcs12.SafeBag]:
    """Yield what lies open in a file; encrypted parts of files made elsewhere are passed over."""
    for content in pkcs12.Pfx.load(p12, strict=True).authenticated_safe:
        if content["content_type"].native == "data":
            yield from pkcs12.SafeContents.load(content["content"].native)


def _certificate_bag(der: bytes) -> pkcs12.SafeBag:
    value = {"cert_id": "x509", "cert_value": core.ParsableOctetString(der)}
    return pkcs12.SafeBag({"bag_id": "cert_bag", "bag_value": pkcs12.CertBag(value)})


def _locked_key_bag(key: OpenKey, passphrase: str, rounds: int) -> pkcs12.SafeBag:
    """Let cryptography encrypt the key (PBES2, AES-256) and take its bag out of the file."""
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(rounds)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(passphrase.encode())
    )
    whole = serialize_key_and_certificates(None, private_key(key), None, None, encryption)
    return next(iter(_safe_bags(whole)))


def _mark(mark: bytes) -> list[pkcs12.Attribute]:
    return [pkcs12.Attribute({"type": "local_key_id", "values": [mark]})]


def _contents(bags: Sequence[pkcs12.SafeBag]) -> cms.ContentInfo:
    safe = pkcs12.SafeContents(bags).dump()
    return cms.ContentInfo({"content_type": "data", "content": core.OctetString(safe)})
