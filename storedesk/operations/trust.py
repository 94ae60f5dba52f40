"""Whom this user's PC trusts: root certificates and revocation lists, pinned in the user's folder.

A root lying beside a report is never trusted for that (decision 25). The files are few and small:
``trust/<fingerprint>.pem`` and, for the same root, ``trust/<fingerprint>.crl``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from storedesk import resources
from storedesk.domain.paper_errors import KeyProblem, TrustUnreadable
from storedesk.domain.signatures import Verdict
from storedesk.durable import aside_of
from storedesk.papers import identity, verifying
from storedesk.papers.identity import Certificate
from storedesk.workbooks import disk

_MARK = 16  # digits of a fingerprint in file names
_PRIVATE = 0o600
_CERTIFICATE_LIMIT = 100_000  # bytes; a certificate has about a thousand


@dataclass(frozen=True, slots=True)
class Trust:
    """Root certificates (PEM or DER) and revocation lists (DER) that count on this PC."""

    roots: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()


def trusted() -> Trust:
    """Return what is pinned."""
    folder = _folder()
    return Trust(tuple(_contents(folder, "*.pem")), tuple(_contents(folder, "*.crl")))


def pin(root: bytes) -> Certificate:
    """Trust a root certificate from now on.

    Raises:
        TrustUnreadable: it is no certificate.
        NotWritable, DiskFull: it could not be kept.
    """
    certificate = _root(root)
    write_private(_folder() / f"{certificate.fingerprint[:_MARK]}.pem", root)
    return certificate


def pin_file(path: Path) -> Certificate:
    """Trust the root certificate in a file; raises as ``pin``."""
    return pin(_read(path))


def pin_revocations(root: Certificate, revocations: bytes) -> None:
    """Keep a root's newest revocation list; raises as ``pin``."""
    write_private(_folder() / f"{root.fingerprint[:_MARK]}.crl", revocations)


def verify(report: Path, roots: Sequence[Path] = ()) -> Verdict:
    """Verify a report; needs no desk.

    Args:
        report: the file.
        roots: root certificates to trust instead of the pinned ones.

    Raises:
        TrustUnreadable: a root certificate cannot be read.
    """
    pinned = trusted()
    given = [_read(path) for path in roots]
    for root in given:
        _root(root)
    return verifying.verify(report, given or pinned.roots, revocations=pinned.revocations)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only this user may read, whole or not at all.

    Raises:
        NotWritable, DiskFull, WorkbookError: as they say.
    """
    aside = aside_of(path, secrets.token_hex(4))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, _PRIVATE)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        disk.discard(aside)
        raise disk.failure(error, path) from error
    disk.sync_folder(path)


def tidy() -> None:
    """Remove what killed writes left among the pinned."""
    disk.discard_old(_folder())


def _folder() -> Path:
    return resources.user_folder() / "trust"


def _contents(folder: Path, pattern: str) -> Iterator[bytes]:
    for path in sorted(folder.glob(pattern)):
        yield path.read_bytes()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_CERTIFICATE_LIMIT)
    except OSError:
        raise TrustUnreadable("根证书") from None


def _root(content: bytes) -> Certificate:
    try:
        return identity.read_certificate(content)
    except KeyProblem:
        raise TrustUnreadable("根证书") from None


_BINARY = getattr(os, "O_BINARY", 0)  # Windows only
