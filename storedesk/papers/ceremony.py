"""One signature from beginning to end, in memory: may this key sign now, sign, verify the result.

Loads pyHanko, reportlab and pikepdf; reach it through ``signing``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader

from storedesk.domain.paper_errors import (
    AlreadySigned,
    KeyExpired,
    KeyRevoked,
    NotSignable,
    NotYourTurn,
    SamePerson,
    UnknownRoot,
    WrongRole,
    WrongStore,
)
from storedesk.domain.signatures import CALLER_AND_MANAGER, Role, Verdict
from storedesk.papers import fonts
from storedesk.papers.certificates import issued_by
from storedesk.papers.form import Field, Form, read_form
from storedesk.papers.identity import Certificate, Holder, OpenKey
from storedesk.papers.inspecting import inspect
from storedesk.papers.places import COMBINED, FIELDS
from storedesk.papers.seals import Seal, sealed
from storedesk.papers.stamps import Stamp
from storedesk.papers.standing import Authorities

_REASONS = {Role.CALLER: "提交", Role.MANAGER: "审核", Role.GM: "批示"}
_TRIAL = "试用"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to sign with.

    Attributes:
        both: as 回访人兼客服主管, one signature for the first two steps.
        comment: the 批示, for the last step.
        remark: shown on the stamp, such as 补签.
        authorities: pinned roots, revocation lists, and the moment of signing.
    """

    key: OpenKey
    both: bool
    comment: str
    remark: str
    authorities: Authorities
    fonts: Path


def signed(report: bytes, name: str, request: Request) -> tuple[bytes, Verdict]:
    """Return the report with the next signature, and the verdict on it.

    Args:
        report: the file as it is.
        name: the file's name, for messages.
        request: key and wishes.

    Raises:
        KeyProblem: the key may not sign at all.
        SigningRefused: not this person, not now, or the report was altered.
    """
    form = _form(report, name)
    before = inspect(report, request.authorities)
    if before.signers and not (before.trusted and before.unaltered):
        raise NotSignable(name, before.findings[0])
    certificate = request.key.certificate
    _check_key(request.key, request.authorities)
    _check_store(certificate.holder, form)
    field = turn(form, certificate.holder, name, both=request.both)
    _check_person(certificate.holder, field, before)
    if request.comment and field.name != FIELDS[Role.GM]:
        gm = form.label_of(FIELDS[Role.GM])
        raise NotSignable(name, f"批示由{gm}签字时填写，{field.label}签字时不能带批示。")
    seal = _seal(form, field, certificate, request)
    after = sealed(report, form, seal, request.key, fonts.load(request.fonts))
    verdict = inspect(after, request.authorities)
    if not (verdict.trusted and verdict.unaltered):
        raise NotSignable(name, verdict.findings[0])
    return after, verdict


def turn(form: Form, holder: Holder, name: str, *, both: bool) -> Field:
    """Return the field this person signs next.

    Raises:
        NotYourTurn: somebody before has not signed.
        AlreadySigned: their step, or every step, is signed.
        WrongRole: none of the steps is theirs.
    """
    step = form.next_step()
    if not step:
        raise AlreadySigned(form.label_of([*form.steps][-1]), name)
    if both and step == FIELDS[Role.CALLER]:
        joined = form.joined()
        if not set(CALLER_AND_MANAGER) <= set(holder.roles):
            raise WrongRole(holder.name, joined.label)
        return joined
    theirs = [one for one, roles in form.steps.items() if set(roles) <= set(holder.roles)]
    if step in theirs:
        return form.fields[step]
    expected = form.label_of(step)
    if not theirs:
        raise WrongRole(holder.name, expected)
    if form.fields[theirs[-1]].filled:
        raise AlreadySigned(form.label_of(theirs[-1]), name)
    raise NotYourTurn(expected, name)


def _form(report: bytes, name: str) -> Form:
    try:
        form = read_form(PdfFileReader(io.BytesIO(report), strict=False))
    except Exception:  # noqa: BLE001  # a damaged file makes pyHanko raise anything
        raise NotSignable(name, "文件已损坏、不完整，或不是 PDF。") from None
    if form.missing():
        raise NotSignable(name, "不是店务台的日报，没有签字栏。")
    return form


def _check_key(key: OpenKey, authorities: Authorities) -> None:
    certificate = key.certificate
    name = certificate.holder.name
    if not certificate.valid_from <= authorities.now <= certificate.valid_until:
        raise KeyExpired(name, certificate.validity())
    if issued_by(certificate.der, key.chain, authorities.roots) is None:
        raise UnknownRoot(name, certificate.issuer)
    revocation = authorities.revocation(certificate, key.chain)
    if revocation is not None:
        raise KeyRevoked(name, f"{revocation.at:%Y-%m-%d}")


def _check_store(holder: Holder, form: Form) -> None:
    if holder.store_code != form.store_code:
        raise WrongStore(holder.name, holder.store_code, form.store_code)


def _check_person(holder: Holder, field: Field, before: Verdict) -> None:
    """Refuse the last signature to somebody who signed before (shop.md §2)."""
    if field.name != FIELDS[Role.GM]:
        return
    for signer in before.signers:
        if holder.is_person(signer.name, signer.staff_no):
            raise SamePerson(holder.name, field.label)


def _seal(form: Form, field: Field, certificate: Certificate, request: Request) -> Seal:
    at = request.authorities.now.astimezone()
    roles = CALLER_AND_MANAGER if field.name == COMBINED else form.steps[field.name]
    remarks = (_TRIAL if certificate.trial else "", request.remark)
    return Seal(
        field=field,
        stamp=Stamp(
            name=certificate.holder.name,
            label=field.label,
            at=at.replace(tzinfo=None),
            certificate=certificate.mark,
            remark=" · ".join(remark for remark in remarks if remark),
            boxes=len(roles),
        ),
        at=at,
        reason="、".join(_REASONS[role] for role in roles),
        first=not form.signed_count(),
        comment=request.comment.strip(),
    )
