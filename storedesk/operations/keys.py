"""Signing keys of a store's staff: made, taken in, listed, revoked (decision 25).

The trial root (试用根) that certifies them is for practice, and for a store that begins before head
office has certified its people; ``verify`` always says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storedesk.domain.errors import Misuse
from storedesk.domain.paper_errors import (
    KeyExists,
    KeyMissing,
    KeyOfOther,
    NoSigningRole,
    WeakPassphrase,
)
from storedesk.domain.settings import Member
from storedesk.domain.signatures import SIGNING_ORDER, Role
from storedesk.operations import keyring, records, signers, trust
from storedesk.operations.desk import Desk
from storedesk.operations.keyring import Keyring
from storedesk.papers import identity
from storedesk.papers.identity import ROUNDS, SHORTEST_PASSPHRASE, Certificate, Holder, OpenKey

VALID, EXPIRED, REVOKED, AWAY = "有效", "已过期", "已作废", "找不到"


@dataclass(frozen=True, slots=True)
class StaffKey:
    """A key as far as this PC knows of it.

    Attributes:
        state: 有效, 已过期, 已作废, or 找不到 (a USB stick that is not plugged in).
        mark: what its stamps print.
    """

    path: Path
    state: str
    label: str = ""
    valid_until: datetime | None = None
    mark: str = ""
    trial: bool = False


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A member of staff who may sign, as what, and with which key."""

    id: str
    name: str
    signs_as: str
    key: StaffKey | None


@dataclass(frozen=True, slots=True)
class KeyMade:
    """A key that was made or taken in.

    Attributes:
        label: what the person signs as.
        added: what was entered into 员工 for it, for people; empty if nothing.
    """

    name: str
    label: str
    path: Path
    valid_until: datetime
    trial: bool
    added: str = ""

    @property
    def sentence(self) -> str:
        """What was done, in one line."""
        head = f"{self.added}。" if self.added else ""
        trial = "（试用根签发，只供试用）" if self.trial else ""
        until = f"有效到 {self.valid_until:%Y-%m-%d}"
        return f"{head}{self.name}（{self.label}）的签名钥匙已办好{trial}：{self.path}，{until}。"


def trial_root(desk: Desk) -> OpenKey:
    """Return the desk's trial root, made and pinned if there is none.

    Raises:
        NotWritable, DiskFull: it could not be kept.
    """
    code = signers.store_code_of(desk.settings)
    return Keyring.of(desk.uuid).trial_root(code, desk.settings.store)


def make_key(  # noqa: PLR0913  # who, as what, under which passphrase, to where
    desk: Desk,
    name: str,
    roles: Sequence[str],
    passphrase: str,
    *,
    by: str = "",
    to: Path | None = None,
    renew: bool = False,
    rounds: int = ROUNDS,
) -> KeyMade:
    """Make a signing key for a member of staff; person and role are entered into 员工 if missing.

    Args:
        desk: the desk.
        name: the person's name.
        roles: 岗位 that sign reports; none means those the person has in 员工.
        passphrase: at least 8 characters; typing it is the act of signing.
        by: who acts; the person by default.
        to: file or folder to put the key in, such as a USB stick; by default the user's folder.
        renew: make another although the person has a key that still counts.
        rounds: of PBKDF2; fewer for practice keys only.

    Raises:
        Misuse: an unknown role, or a file of that name is there already.
        SignerProblem: two people of that name, the person has left, or no role that signs.
        KeyExists: there is a key that still counts.
        WeakPassphrase: the passphrase is too short.
        NotWritable, DiskFull: the key could not be kept.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise WeakPassphrase(SHORTEST_PASSPHRASE)
    asked = [_role(desk, word) for word in roles]
    root = trial_root(desk)
    added = _enter(desk, name, asked, by or name)
    member = signers.member_named(desk.settings, name)
    _refuse_second(desk, member, renew=renew)
    ring = Keyring.of(desk.uuid)
    path = _free_place(ring.place_for(member.id, name), to)
    made = identity.issue(root, holder_of(desk, member), passphrase, rounds=rounds)
    trust.write_private(path, made.p12)
    ring.note(member.id, path)
    ring.renew_list(root)
    return _made(member, path, identity.read_certificate(made.pem), added)


def take_key(desk: Desk, name: str, file: Path) -> KeyMade:
    """Take in a key made elsewhere, such as one on a USB stick; the file stays where it is.

    Raises:
        SignerProblem: nobody of that name, or several.
        KeyOfOther: it is somebody else's.
        KeyNotFound, KeyUnreadable: it cannot be read.
    """
    member = signers.member_named(desk.settings, name)
    path = file.absolute()
    certificate = identity.read_certificate(keyring.read_key(name, path))
    check_holder(member, certificate.holder)
    Keyring.of(desk.uuid).note(member.id, path)
    return _made(member, path, certificate)


def list_staff(desk: Desk) -> tuple[StaffLine, ...]:
    """Return who may sign and with which key, in the order of the sign chain."""
    labels = signers.labels_of(desk.settings)
    callers = signers.holders(desk.settings, (Role.CALLER,))
    found = []
    for member in desk.settings.active_staff():
        roles = signers.roles_of(desk.settings, member)
        stands_in = roles == (Role.CALLER,) and member not in callers
        if roles and not stands_in:
            line = StaffLine(member.id, member.name, labels.of(*roles), key_of(desk, member))
            found.append((SIGNING_ORDER.index(roles[0]), line))
    return tuple(line for _, line in sorted(found, key=lambda one: one[0]))


def key_of(desk: Desk, member: Member) -> StaffKey | None:
    """Return a member's key as far as this PC knows of it, or None."""
    ring = Keyring.of(desk.uuid)
    path = ring.place_of(member.id)
    if path is None:
        return None
    certificate = keyring.certificate_in(member.name, path)
    if certificate is None:
        return StaffKey(path, AWAY)
    return StaffKey(
        path=path,
        state=_state(ring, certificate),
        label=certificate.holder.label,
        valid_until=certificate.valid_until,
        mark=certificate.mark,
        trial=certificate.trial,
    )


def key_file(desk: Desk, member: Member, given: Path | None = None) -> bytes:
    """Return the key file a member signs with.

    Args:
        desk: the desk.
        member: who signs.
        given: a file named for this time, such as one on a USB stick.

    Raises:
        KeyMissing: none was ever made on this PC.
        KeyNotFound, KeyUnreadable: it is not where it was put, or is damaged.
        KeyOfOther: it is somebody else's.
    """
    path = given or Keyring.of(desk.uuid).place_of(member.id)
    if path is None:
        raise KeyMissing(member.name)
    p12 = keyring.read_key(member.name, path)
    check_holder(member, identity.read_certificate(p12).holder)
    return p12


def check_holder(member: Member, holder: Holder) -> None:
    """Raise ``KeyOfOther`` unless the certificate names this person."""
    if holder.name != member.name or not holder.is_person(member.name, member.id):
        raise KeyOfOther(member.name, holder.name)


def revoke(desk: Desk, name: str, *, left: bool = False) -> StaffKey:
    """Revoke a person's key; whoever has left may be named too.

    Args:
        desk: the desk.
        name: whose.
        left: the person left, and what was signed before still counts; else the key may be in
            other hands, and nothing signed with it counts.

    Raises:
        SignerProblem: nobody of that name, or several.
        KeyProblem: there is no key, or it cannot be read.
        Misuse: the key was certified by somebody else, who must revoke it.
    """
    people = desk.settings.staff_named(name)
    member = people[0] if len(people) == 1 else signers.member_named(desk.settings, name)
    certificate = identity.read_certificate(key_file(desk, member))
    root = trial_root(desk)
    if certificate.issuer != root.certificate.issuer:
        raise Misuse(f"{name}的证书由「{certificate.issuer}」签发，要由它来作废。")
    Keyring.of(desk.uuid).revoke(root, certificate, left=left)
    found = key_of(desk, member)
    if found is None:
        raise KeyMissing(name)
    return found


def export_root(desk: Desk, to: Path) -> Certificate:
    """Write the trial root's certificate (PEM) into a file, for other PCs to trust.

    Raises:
        Misuse: there is such a file already.
        NotWritable, DiskFull: it could not be written.
    """
    root = trial_root(desk)
    trust.write_private(
        _free_place(Path("试用根.pem"), to), Keyring.of(desk.uuid).root_certificate()
    )
    return root.certificate


def holder_of(desk: Desk, member: Member) -> Holder:
    """Return what a member's certificate is to say.

    Raises:
        NoSigningRole: the person has no role that signs.
    """
    labels = signers.labels_of(desk.settings)
    roles = signers.roles_of(desk.settings, member)
    if not roles:
        raise NoSigningRole(member.name, "、".join(labels.of(role) for role in SIGNING_ORDER))
    code = signers.store_code_of(desk.settings)
    return Holder(member.name, roles, labels.of(*roles), code, desk.settings.store, member.id)


# --- 员工 -----------------------------------------------------------------------------------------


def _role(desk: Desk, word: str) -> Role:
    role = signers.role_of(desk.settings, word)
    if role is None:
        labels = signers.labels_of(desk.settings)
        words = "、".join(labels.of(one) for one in SIGNING_ORDER)
        raise Misuse(f"「{word}」不是签日报的岗位，可以是：{words}。")
    return role


def _enter(desk: Desk, name: str, asked: Iterable[Role], by: str) -> str:
    """Enter person and roles into 员工 where they are missing; say what was entered."""
    labels = signers.labels_of(desk.settings)
    wanted = [labels.of(role) for role in asked]
    if not desk.settings.staff_named(name) and wanted:
        records.add(desk, "staff", {"name": name, "roles": ";".join(wanted)}, by)
        return f"「员工」里加上了{name}（{'、'.join(wanted)}）"
    member = signers.member_named(desk.settings, name)
    held = {signers.role_of(desk.settings, word) for word in member.roles}
    missing = [label for label in wanted if signers.role_of(desk.settings, label) not in held]
    if not missing:
        return ""
    roles = ";".join([*member.roles, *missing])
    records.set_values(desk, member.id, {"roles": roles}, by)
    return f"「员工」里给{name}加上了岗位 {'、'.join(missing)}"


# --- files ----------------------------------------------------------------------------------------


def _refuse_second(desk: Desk, member: Member, *, renew: bool) -> None:
    """Refuse another key for the same roles while the one there is still counts."""
    found = key_of(desk, member)
    if found is None or renew or found.state != VALID or found.valid_until is None:
        return
    if found.label == holder_of(desk, member).label:
        raise KeyExists(member.name, f"到 {found.valid_until:%Y-%m-%d}")


def _free_place(usual: Path, to: Path | None) -> Path:
    """Return where to write; a file of one's own choice is never overwritten."""
    if to is None:
        return usual
    path = (to / usual.name if to.is_dir() else to).absolute()
    if path.exists():
        raise Misuse(f"「{path}」已经有了，没有覆盖。请换一个文件名。")
    return path


def _state(ring: Keyring, certificate: Certificate) -> str:
    if ring.is_revoked(certificate):
        return REVOKED
    now = identity.real_now()
    return VALID if certificate.valid_from <= now <= certificate.valid_until else EXPIRED


def _made(member: Member, path: Path, certificate: Certificate, added: str = "") -> KeyMade:
    return KeyMade(
        name=member.name,
        label=certificate.holder.label,
        path=path,
        valid_until=certificate.valid_until,
        trial=certificate.trial,
        added=added,
    )
