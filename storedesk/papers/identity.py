"""Signing keys: who signs, with which certificate, opened by which passphrase (pdf.md §5).

A key file is a PKCS#12 file. The certificate in it can be read by anyone, the private key only with
the passphrase. A trial root (试用根) lets a store begin at once; evidence needs head office's root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from storedesk.domain.paper_errors import WeakPassphrase
from storedesk.domain.signatures import Role

ROUNDS = 600_000
"""PBKDF2-HMAC-SHA256 rounds between a passphrase and its key (OWASP 2023); 0.15 s a try."""

SHORTEST_PASSPHRASE = 8
STAFF_DAYS = 730
TRIAL_DAYS = 1095
LIST_DAYS = 400

TRIAL_ROOT = "店务台试用根"
"""Common name of every trial root begins with it, so that ``verify`` can say so."""

Now = Callable[[], datetime]


def real_now() -> datetime:
    """Return this moment in UTC. Certificates and signatures never follow a clock set by hand."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate names.

    Attributes:
        name: the person's name.
        roles: the steps of the sign chain the person may sign.
        label: the roles in the trade's words, such as 客服主管 or 回访人兼客服主管.
        store_code: ties the certificate to the store, as ``DailyPaper.store_code``.
        store: the store's name.
        staff_no: the person's number in the store; may be empty.
    """

    name: str
    roles: tuple[Role, ...]
    label: str
    store_code: str
    store: str
    staff_no: str = ""

    def is_person(self, name: str, staff_no: str) -> bool:
        """Whether this is that person of the store: by staff number where both have one."""
        if self.staff_no and staff_no:
            return self.staff_no == staff_no
        return self.name == name


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says.

    Attributes:
        holder: whom it names; a root names a store and no roles.
        issuer: common name of who issued it.
        serial: number by which it is revoked.
        valid_from, valid_until: UTC.
        fingerprint: SHA-256 of the certificate (hex).
        der: the certificate itself.
    """

    holder: Holder
    issuer: str
    serial: int
    valid_from: datetime
    valid_until: datetime
    fingerprint: str
    der: bytes = field(repr=False)

    @property
    def trial(self) -> bool:
        """Whether it is, or comes from, a trial root."""
        return self.issuer.startswith(TRIAL_ROOT)

    @property
    def mark(self) -> str:
        """The first 8 digits of the fingerprint, as a stamp prints them."""
        return self.fingerprint[:8]

    def validity(self) -> str:
        """Return the days it is valid, in words."""
        return f"{self.valid_from:%Y-%m-%d} 至 {self.valid_until:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A private key in memory, with its certificate. Keep it no longer than a signing session."""

    certificate: Certificate
    chain: tuple[bytes, ...] = field(repr=False)
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A new key: the PKCS#12 file to keep, and its certificate as PEM to hand out."""

    p12: bytes = field(repr=False)
    pem: bytes


@dataclass(frozen=True, slots=True)
class Revocation:
    """A certificate that no longer counts.

    ``left`` tells a person who left (signatures before that day still count) from a key that may be
    in other hands (none counts).
    """

    serial: int
    at: datetime
    left: bool


def make_trial_root(
    store_code: str, store: str, passphrase: str, *, now: Now = real_now, rounds: int = ROUNDS
) -> KeyFile:
    """Make a root certificate for practice, named so that nobody takes it for head office's.

    Raises:
        WeakPassphrase: fewer than 8 characters.
    """
    from storedesk.papers import certificates, keyfiles  # noqa: PLC0415  # loads cryptography

    _check(passphrase)
    key, certificate = certificates.trial_root(store_code, store, now())
    return keyfiles.key_file(key, certificate, (), passphrase, rounds)


def issue(
    root: OpenKey, holder: Holder, passphrase: str, *, now: Now = real_now, rounds: int = ROUNDS
) -> KeyFile:
    """Make a key for a member of staff and certify it with ``root`` for two years.

    Raises:
        WeakPassphrase: fewer than 8 characters.
    """
    from storedesk.papers import certificates, keyfiles  # noqa: PLC0415  # loads cryptography

    _check(passphrase)
    key, certificate = certificates.staff(root, holder, now())
    return keyfiles.key_file(key, certificate, (root.certificate.der,), passphrase, rounds)


def open_key(p12: bytes, passphrase: str) -> OpenKey:
    """Open a key file.

    Raises:
        WrongPassphrase: the passphrase does not open it.
        KeyUnreadable: not a key file, or damaged.
    """
    from storedesk.papers import keyfiles  # noqa: PLC0415  # loads cryptography

    return keyfiles.unpack(p12, passphrase)


def change_passphrase(p12: bytes, old: str, new: str, *, rounds: int = ROUNDS) -> bytes:
    """Return the same key under a new passphrase.

    Raises:
        WrongPassphrase: ``old`` does not open it.
        WeakPassphrase: ``new`` has fewer than 8 characters.
        KeyUnreadable: not a key file, or damaged.
    """
    from storedesk.papers import keyfiles  # noqa: PLC0415  # loads cryptography

    _check(new)
    return keyfiles.pack(keyfiles.unpack(p12, old), new, rounds)


def read_certificate(file: bytes) -> Certificate:
    """Read a certificate from PEM, DER, or a key file, without any passphrase.

    Raises:
        KeyUnreadable: none of these.
    """
    from storedesk.papers import certificates, keyfiles  # noqa: PLC0415  # loads cryptography

    try:
        return certificates.described(certificates.loaded(file))
    except ValueError:
        return keyfiles.certificate_of(file)


def revocation_list(
    root: OpenKey, revoked: Sequence[Revocation], *, number: int, now: Now = real_now
) -> bytes:
    """Return the signed list (DER) of certificates of this root that no longer count.

    It holds for 400 days; an older list is not believed.

    Args:
        root: who issued the certificates.
        revoked: all of them, old ones too.
        number: higher than that of the list before.
        now: the real clock.
    """
    from storedesk.papers import certificates  # noqa: PLC0415  # loads cryptography

    return certificates.revocation_list(root, revoked, number, now())


def _check(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise WeakPassphrase(SHORTEST_PASSPHRASE)
