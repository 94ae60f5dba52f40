"""Signs reports: one passphrase for many, each in its turn; a refused one stays as it was."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storedesk.domain.errors import DiskFull, NotWritable
from storedesk.domain.paper_errors import NotSignable, ReportHeld
from storedesk.domain.signatures import Signer, Verdict
from storedesk.durable import aside_of, sync_folder
from storedesk.papers.identity import Holder, Now, OpenKey, open_key, real_now


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was given.

    Attributes:
        signer: as the file now says.
        verdict: on the whole file; ``verdict.complete`` once everybody signed.
        sha256: of the file as it is now (hex).
    """

    signer: Signer
    verdict: Verdict
    sha256: str


class SigningSession:
    """One person's opened key, for as many reports as they tick.

    Use it in a worker thread (pyHanko runs an event loop of its own), and drop it when done: the
    private key lies in memory as long as the session lives.
    """

    def __init__(
        self,
        key: OpenKey,
        *,
        roots: Sequence[bytes],
        fonts: Path,
        revocations: Sequence[bytes] = (),
        now: Now = real_now,
    ) -> None:
        self._key = key
        self._roots = tuple(roots)
        self._revocations = tuple(revocations)
        self._fonts = fonts
        self._now = now

    @classmethod
    def open(
        cls,
        p12: bytes,
        passphrase: str,
        *,
        roots: Sequence[bytes],
        fonts: Path,
        revocations: Sequence[bytes] = (),
        now: Now = real_now,
    ) -> SigningSession:
        """Open a key file for a session.

        Args:
            p12: the key file.
            passphrase: typing it is the act of signing; nothing remembers it.
            roots: pinned root certificates (PEM or DER).
            fonts: folder of the shipped fonts, for the stamps.
            revocations: revocation lists (DER) of these roots.
            now: the real clock.

        Raises:
            WrongPassphrase: the passphrase does not open it.
            KeyUnreadable: not a key file, or damaged.
        """
        key = open_key(p12, passphrase)
        return cls(key, roots=roots, fonts=fonts, revocations=revocations, now=now)

    @property
    def holder(self) -> Holder:
        """Whose key it is."""
        return self._key.certificate.holder

    def sign(
        self, report: Path, *, both: bool = False, comment: str = "", remark: str = ""
    ) -> Signed:
        """Give the next signature of a report and replace the file at once.

        The signed file is verified before it takes the old one's place.

        Args:
            report: the PDF; replaced atomically, and written through to the disk.
            both: sign the first two steps at once as 回访人兼客服主管.
            comment: the 批示, with the last signature only; about 300 characters.
            remark: shown on the stamp, such as 补签.

        Raises:
            KeyProblem: the key is expired, revoked, or of an unknown root.
            SigningRefused: not this person, not now, or the report was altered.
            ReportHeld: another program holds the file.
            NotWritable, DiskFull: the signed file could not be written.
        """
        # pyHanko and reportlab take a second to load: only who signs waits for them
        from storedesk.papers.ceremony import Request, signed  # noqa: PLC0415
        from storedesk.papers.standing import Authorities  # noqa: PLC0415

        before = _read(report)
        authorities = Authorities.of(self._roots, self._revocations, self._now())
        request = Request(self._key, both, comment, remark, authorities, self._fonts)
        after, verdict = signed(before, report.name, request)
        _replace(report, before, after)
        return Signed(verdict.signers[-1], verdict, hashlib.sha256(after).hexdigest())


def _read(report: Path) -> bytes:
    try:
        return report.read_bytes()
    except FileNotFoundError:
        raise NotSignable(report.name, "文件不在原处了。") from None
    except OSError:
        raise ReportHeld(report.name) from None


def _replace(report: Path, before: bytes, after: bytes) -> None:
    """Put the signed file in place of the unsigned one, or leave that untouched."""
    temporary = aside_of(report, secrets.token_hex(4))
    begun = False
    try:
        with temporary.open("xb") as file:
            begun = True
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(report, temporary)  # one's own umask says nothing about a share
        if _read(report) != before:
            raise NotSignable(report.name, "刚刚被别人改动过，请再签一次。")
        temporary.replace(report)
        begun = False
        sync_folder(report.parent)
    except PermissionError:
        # Windows: the report is open in a reader; or the folder may not be written
        raise (ReportHeld(report.name) if begun else NotWritable(str(report.parent))) from None
    except OSError as failure:
        if failure.errno == errno.ENOSPC:
            raise DiskFull(str(report)) from None
        raise NotWritable(str(report.parent)) from None
    finally:
        if begun:
            temporary.unlink(missing_ok=True)
