"""Where a desk's signing keys lie on this PC: the trial root, which key is whose, what is revoked.

``keys/<desk>/`` in the user's own folder, readable by this user only; never in the desk folder,
which others may open. Keys of staff lie here too unless they were put elsewhere (a USB stick).
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from storedesk import resources
from storedesk.domain.paper_errors import KeyNotFound, KeyProblem, KeyUnreadable
from storedesk.operations import trust
from storedesk.papers import identity
from storedesk.papers.identity import Certificate, OpenKey, Revocation
from storedesk.workbooks import disk

_ROOT, _ROOT_CERTIFICATE, _ROOT_SECRET = "trial-root.p12", "trial-root.pem", "trial-root.secret"
_INDEX, _REVOKED = "keys.json", "revoked.json"
_SECRET_ROUNDS = 2_000
"""Enough for a passphrase of 32 random bytes, which nobody can guess; people's get the full."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one desk on this PC."""

    folder: Path

    @classmethod
    def of(cls, desk_uuid: str) -> Keyring:
        """Return a desk's keyring, which may still be empty."""
        return cls(resources.user_folder() / "keys" / desk_uuid)

    # --- the trial root ---------------------------------------------------------------------

    def trial_root(self, store_code: str, store: str) -> OpenKey:
        """Return the trial root, made and pinned if there is none or its time is over.

        Raises:
            KeyUnreadable: its file is damaged.
            NotWritable, DiskFull: it could not be kept.
        """
        try:
            p12 = (self.folder / _ROOT).read_bytes()
            secret = (self.folder / _ROOT_SECRET).read_text("ascii")
        except OSError:
            return self._new_root(store_code, store)
        root = identity.open_key(p12, secret)
        if root.certificate.valid_until <= identity.real_now():
            return self._new_root(store_code, store)
        return root

    def root_certificate(self) -> bytes:
        """Return the trial root's certificate (PEM); there must be one."""
        return (self.folder / _ROOT_CERTIFICATE).read_bytes()

    def _new_root(self, store_code: str, store: str) -> OpenKey:
        # The secret lies beside the key: a trial root proves nothing, and ``init`` asks nobody.
        secret = secrets.token_hex(32)
        made = identity.make_trial_root(store_code, store, secret, rounds=_SECRET_ROUNDS)
        trust.pin(made.pem)
        trust.write_private(self.folder / _ROOT_SECRET, secret.encode())
        trust.write_private(self.folder / _ROOT_CERTIFICATE, made.pem)
        trust.write_private(self.folder / _ROOT, made.p12)
        return identity.open_key(made.p12, secret)

    # --- keys of staff ------------------------------------------------------------------------

    def place_for(self, staff_id: str, name: str) -> Path:
        """Return where a person's key lies by default."""
        plain = "".join(sign for sign in f"{staff_id}-{name}" if sign.isalnum() or sign == "-")
        return self.folder / f"{plain}.p12"

    def place_of(self, staff_id: str) -> Path | None:
        """Return where a person's key was put, or None."""
        place = self._index().get(staff_id)
        return Path(place) if place else None

    def note(self, staff_id: str, path: Path) -> None:
        """Remember where a person's key lies."""
        self._write(_INDEX, {**self._index(), staff_id: str(path)})

    def _index(self) -> dict[str, str]:
        found = self._read(_INDEX)
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    # --- revocations --------------------------------------------------------------------------

    def is_revoked(self, certificate: Certificate) -> bool:
        """Whether a certificate was revoked here."""
        return any(entry.serial == certificate.serial for entry in self._revoked())

    def revoke(self, root: OpenKey, certificate: Certificate, *, left: bool) -> None:
        """Add a certificate to the root's revocation list and keep the list where it is believed.

        Args:
            root: who issued it.
            certificate: what no longer counts.
            left: the person left; signatures given before still count.
        """
        known = [entry for entry in self._revoked() if entry.serial != certificate.serial]
        # Signing times are whole seconds: what was signed in this very one was signed before.
        at = identity.real_now() + timedelta(seconds=1 if left else 0)
        known.append(Revocation(certificate.serial, at, left))
        entries = [
            {"serial": str(entry.serial), "at": entry.at.isoformat(), "left": entry.left}
            for entry in known
        ]
        self._write(_REVOKED, entries)
        self.renew_list(root)

    def renew_list(self, root: OpenKey) -> None:
        """Issue the revocation list anew, if there is anything on it: it holds for 400 days."""
        known = self._revoked()
        if known:
            number = int(identity.real_now().timestamp())
            made = identity.revocation_list(root, known, number=number)
            trust.pin_revocations(root.certificate, made)

    def _revoked(self) -> list[Revocation]:
        found = self._read(_REVOKED)
        if not isinstance(found, list):
            return []
        return [
            Revocation(
                int(entry["serial"]), datetime.fromisoformat(entry["at"]), bool(entry["left"])
            )
            for entry in found
        ]

    # --- files ----------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Remove what killed writes left among the keys."""
        disk.discard_old(self.folder)

    def _read(self, name: str) -> object:
        try:
            return json.loads((self.folder / name).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise KeyUnreadable from None

    def _write(self, name: str, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1)
        trust.write_private(self.folder / name, text.encode())


def read_key(name: str, path: Path) -> bytes:
    """Return the bytes of a person's key file.

    Raises:
        KeyNotFound: it is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError:
        raise KeyNotFound(name, str(path)) from None


def certificate_in(name: str, path: Path) -> Certificate | None:
    """Return the certificate of a key file, or None if the file is not there or damaged."""
    try:
        return identity.read_certificate(read_key(name, path))
    except KeyProblem:
        return None
