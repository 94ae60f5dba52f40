"""Who may sign reports: people of 员工 and the steps of the sign chain their roles stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storedesk.domain.paper_errors import (
    NobodyHasRole,
    SeveralHaveRole,
    SignerAmbiguous,
    SignerLeft,
    SignerUnknown,
)
from storedesk.domain.rules import checks
from storedesk.domain.settings import STAND_IN, Member, Settings
from storedesk.domain.signatures import CALLER_AND_MANAGER, SIGNING_ORDER, Role, RoleLabels

_OTHER_TRADES = {
    Role.CALLER: ("回访人", "客服专员"),
    Role.MANAGER: ("客服经理", "客服主管", "售后主管"),
    Role.GM: ("总经理", "店长"),
}
"""What the steps are called elsewhere (domain.md §3.1): understood, never written."""

_BOTH = "兼"
_CODE_LENGTH = 64  # X.520's bound on the part of a certificate that names the store


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, and as what.

    Attributes:
        roles: the steps asked for by role; empty if the person was named.
    """

    member: Member
    roles: tuple[Role, ...] = ()


def labels_of(settings: Settings) -> RoleLabels:
    """Return what the steps are called in this store."""
    usual = RoleLabels()
    return RoleLabels(
        caller=settings.roles.get(Role.CALLER.value, usual.caller),
        manager=settings.roles.get(Role.MANAGER.value, usual.manager),
        gm=settings.roles.get(Role.GM.value, usual.gm),
    )


def store_code_of(settings: Settings) -> str:
    """Return what ties keys and reports to this store: 门店编码, or its name where it has none."""
    return (settings.info.get("门店编码", "") or settings.store)[:_CODE_LENGTH]


def role_of(settings: Settings, word: str) -> Role | None:
    """Return the step a role stands for, in this store's words or another trade's."""
    labels = labels_of(settings)
    own = {labels.of(role): role for role in SIGNING_ORDER}
    other = {label: role for role in SIGNING_ORDER for label in _OTHER_TRADES[role]}
    return own.get(word.strip()) or other.get(word.strip())


def roles_of(settings: Settings, member: Member) -> tuple[Role, ...]:
    """Return the steps a member of staff may sign."""
    found = {role_of(settings, word) for word in member.roles}
    return tuple(role for role in SIGNING_ORDER if role in found)


def holders(settings: Settings, roles: Iterable[Role]) -> tuple[Member, ...]:
    """Return who works here and has all these roles; the stand-in only if nobody real has."""
    wanted = set(roles)
    found = [
        member for member in settings.active_staff() if wanted <= set(roles_of(settings, member))
    ]
    real = [member for member in found if member.name != STAND_IN]
    return tuple(real or found)


def signatory(settings: Settings, word: str) -> Signatory:
    """Return who is meant by a name, or by a role that exactly one person has.

    Raises:
        SignerProblem: nobody, or more than one; or the person has left.
    """
    word = word.strip()
    if settings.staff_named(word):
        return Signatory(member_named(settings, word))
    roles = _roles_in(settings, word)
    if not roles:
        raise SignerUnknown(word, checks.unknown_staff(word, settings).hint)
    label = labels_of(settings).of(*roles)
    people = holders(settings, roles)
    if not people:
        raise NobodyHasRole(label)
    if len(people) > 1:
        raise SeveralHaveRole(label, "、".join(member.name for member in people))
    return Signatory(people[0], roles)


def member_named(settings: Settings, name: str) -> Member:
    """Return the one person of this name who works here.

    Raises:
        SignerProblem: nobody, or more than one; or the person has left.
    """
    people = settings.staff_named(name)
    active = [member for member in people if member.active]
    if len(active) > 1:
        raise SignerAmbiguous(name, len(active))
    if not people:
        raise SignerUnknown(name, checks.unknown_staff(name, settings).hint)
    if not active:
        raise SignerLeft(name)
    return active[0]


def signs_both(settings: Settings, who: Signatory) -> bool:
    """Whether the first two steps are this person's: asked for, or nobody else is the manager."""
    if who.roles:
        return who.roles == CALLER_AND_MANAGER
    if not set(CALLER_AND_MANAGER) <= set(roles_of(settings, who.member)):
        return False
    managers = holders(settings, (Role.MANAGER,))
    return all(member.id == who.member.id for member in managers)


def _roles_in(settings: Settings, word: str) -> tuple[Role, ...]:
    """Return the steps of 店长, or of 回访人兼客服主管; nothing if one is not known."""
    found: Sequence[Role | None] = [role_of(settings, part) for part in word.split(_BOTH)]
    known = {role for role in found if role is not None}
    return () if len(known) < len(found) else tuple(r for r in SIGNING_ORDER if r in known)
