"""Examines a signed report: pyHanko's validation and five rules of our own (pdf.md §3).

1. the signature fields are exactly those of the sign chain, signed in its order;
2. role and store of each certificate fit the field it signed;
3. the first signature certifies the report (nothing but signatures may follow);
4. the last signature covers the file to its last byte;
5. a signature holds nothing but the signature, and the form no field but ours.

pyHanko alone accepts a file cut back to two signatures, bytes behind the end, and a manager's key
in the last field; other verifiers also miss a page replaced between two signatures. Loads pyHanko.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pikepdf import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import (
    PdfSignatureStatus,
    SignatureCoverageLevel,
    read_certification_data,
    validate_pdf_signature,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from storedesk.domain.signatures import Signer, Verdict
from storedesk.papers.certificates import described, loaded
from storedesk.papers.comparing import differences
from storedesk.papers.form import Form, read_form
from storedesk.papers.identity import Certificate
from storedesk.papers.pdfa import attached
from storedesk.papers.places import COMMENT
from storedesk.papers.report import ROWS_JSON, fingerprint
from storedesk.papers.standing import Authorities, misfits

# What pyHanko has to say is said in the verdict.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

_UNREADABLE = "打不开：文件已损坏、不完整，或不是 PDF。"
_HASTE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Seal:
    """One signature with what pyHanko makes of it.

    Attributes:
        field, label: of the field it fills.
        hole, resume, end: where the signature's own bytes begin and end, and the last it covers.
        finding: None if it cannot be validated at all.
    """

    signature: EmbeddedPdfSignature
    field: str
    label: str
    hole: int
    resume: int
    end: int
    finding: _Finding | None


@dataclass(frozen=True, slots=True)
class _Finding:
    """What validation makes of one signature.

    Attributes:
        chain: further certificates (DER) that came with it.
        moment: when it was given, by the signing PC's own clock.
    """

    status: PdfSignatureStatus
    certificate: Certificate
    chain: tuple[bytes, ...]
    moment: datetime | None


def inspect(data: bytes, authorities: Authorities) -> Verdict:
    """Return the verdict on a report; see ``verifying.verify``."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        form = read_form(reader)
    except Exception:  # noqa: BLE001  # a damaged file makes pyHanko raise anything
        return Verdict(False, False, False, False, findings=(_UNREADABLE,))
    try:
        seals = [_seal(s, form, authorities) for s in reader.embedded_signatures]
        altered = [*_altered(data, reader, form, seals)]
    except Exception:  # noqa: BLE001  # as above: a broken signature is a finding, not a bug
        seals, altered = [], ["签字的结构被破坏，无法核验。"]
    signers = tuple(_signers(form, seals))
    distrusted = [*_distrusted(form, seals, authorities)]
    open_steps = [*_open_steps(form, seals)]
    return Verdict(
        readable=True,
        trusted=bool(seals) and not distrusted,
        unaltered=not altered,
        complete=not open_steps,
        signers=signers,
        findings=(*altered, *distrusted, *open_steps),
        notes=tuple(_notes(signers, complete=not open_steps)),
        report_no=form.report_no,
        store_code=form.store_code,
        data_fingerprint=_fingerprint(data),
    )


def _seal(signature: EmbeddedPdfSignature, form: Form, authorities: Authorities) -> _Seal:
    _, hole, resume, length = (int(part) for part in signature.byte_range)
    try:
        finding = _validated(signature, authorities)
    except Exception:  # noqa: BLE001  # whatever cannot be validated is not valid
        finding = None
    name = str(signature.field_name)
    return _Seal(signature, name, form.label_of(name), hole, resume, resume + length, finding)


def _validated(signature: EmbeddedPdfSignature, authorities: Authorities) -> _Finding:
    return _Finding(
        status=validate_pdf_signature(signature, _context(authorities)),
        certificate=described(loaded(signature.signer_cert.dump())),
        chain=tuple(certificate.dump() for certificate in signature.other_embedded_certs),
        moment=signature.self_reported_timestamp,
    )


def _altered(
    data: bytes, reader: PdfFileReader, form: Form, seals: Sequence[_Seal]
) -> Iterator[str]:
    """Yield what was changed, added or put in another order."""
    if form.missing():
        yield "不是店务台的日报，或签字栏被删掉了。"
        return
    for seal in seals:
        yield from _broken(seal)
    yield from _changed_after(data, seals)
    signed = [seal.field for seal in seals]
    if signed != [*form.steps][: len(signed)]:
        yield f"签字的次序或栏目不对：{'、'.join(form.label_of(name) for name in signed)}。"
    if seals and not _certifies(reader, seals[0]):
        yield f"{seals[0].label}的签字没有锁定报表，签后可以随意改动。"
    for name in form.fields:
        if name != COMMENT and name not in form.steps:
            yield f"多出了表单项「{name}」。"
    for seal in seals:
        if _smuggled(data, seal):
            yield f"{seal.label}的签字里夹带了别的内容。"


def _broken(seal: _Seal) -> Iterator[str]:
    if seal.finding is None:
        yield f"{seal.label}的签字无法核验，已被破坏。"
    elif not seal.finding.status.intact:
        yield f"签过的内容被改动：与{seal.label}签字时不一致。"
    elif not seal.finding.status.valid:
        yield f"{seal.label}的签字是伪造的：与证书不符。"


def _changed_after(data: bytes, seals: Sequence[_Seal]) -> Iterator[str]:
    """Yield after whose signature the report was changed, and where."""
    ends = [seal.end for seal in seals]
    suspects = [number for number, seal in enumerate(seals) if _followed_by_change(seal)]
    if ends and ends[-1] != len(data) and len(ends) - 1 not in suspects:
        suspects.append(len(ends) - 1)
    named = False
    for number in suspects:
        following = ends[number + 1] if number + 1 < len(ends) else len(data)
        where = "、".join(differences(data[: ends[number]], data[:following]))
        if where:
            named = True
            yield f"在{seals[number].label}签字后被改过（{where}）。"
    if suspects and not named:
        rest = len(data) - ends[-1]
        tail = f"（文件末尾多出 {rest} 个字节）" if rest > 0 else ""
        yield f"在{seals[suspects[-1]].label}签字后被改过{tail}。"


def _followed_by_change(seal: _Seal) -> bool:
    """Whether pyHanko saw more than the next signatures and the comment after this one."""
    if seal.finding is None or not seal.finding.status.intact:
        return False  # told already, and the rest of its analysis means nothing
    status = seal.finding.status
    level = status.modification_level
    return (
        status.docmdp_ok is False
        or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION
        or (level is not None and level > ModificationLevel.FORM_FILLING)
    )


def _certifies(reader: PdfFileReader, first: _Seal) -> bool:
    certification = read_certification_data(reader)
    return (
        certification is not None
        and certification.permission is MDPPerm.FILL_FORMS
        and certification.author_sig.get("/Contents") == first.signature.sig_object.get("/Contents")
    )


def _smuggled(data: bytes, seal: _Seal) -> bool:
    """Whether the hole a signature leaves holds more than the signature and zeros."""
    written = data[seal.hole : seal.resume]
    try:
        content = bytes.fromhex(written[1:-1].decode("ascii"))
        length = len(cms.ContentInfo.load(content).dump())
    except (ValueError, TypeError):
        return True
    return bool(content[length:].strip(b"\0")) or written != _hexadecimal(content)


def _hexadecimal(content: bytes) -> bytes:
    """Return the one way ``seals`` writes these bytes; any other was written by somebody else."""
    return b"<" + content.hex().upper().encode() + b">"


def _distrusted(form: Form, seals: Sequence[_Seal], authorities: Authorities) -> Iterator[str]:
    """Yield why a signer's certificate does not count."""
    earlier: list[Certificate] = []
    for seal in seals:
        if seal.finding is None:
            continue  # told already: the signature itself is broken
        certificate, status = seal.finding.certificate, seal.finding.status
        holder = certificate.holder
        roles = form.steps.get(seal.field, ())
        yield from misfits(certificate, roles, seal.label, form.store_code)
        last = seal.field == [*form.steps][-1]
        if last and any(holder.is_person(one.holder.name, one.holder.staff_no) for one in earlier):
            yield f"「{seal.label}」须由另一个人来签，{holder.name}前面已经签过。"
        earlier.append(certificate)
        chain, moment = seal.finding.chain, seal.finding.moment
        objections = [*authorities.objections(certificate, chain, moment)]
        yield from objections
        if not (objections or status.trusted):
            yield f"{holder.name}的证书没有通过核验（{status.trust_problem_indic}）。"


def _open_steps(form: Form, seals: Sequence[_Seal]) -> Iterator[str]:
    signed = {seal.field for seal in seals}
    waiting = [form.label_of(name) for name in form.steps if name not in signed]
    if len(waiting) == len(form.steps):
        yield "还没有人签字。"
    elif waiting:
        yield f"还差{'、'.join(waiting)}签字。"


def _signers(form: Form, seals: Sequence[_Seal]) -> Iterator[Signer]:
    for order, seal in enumerate(seals, 1):
        if seal.finding is not None:
            certificate, moment = seal.finding.certificate, seal.finding.moment
            yield Signer(
                name=certificate.holder.name,
                label=seal.label,
                roles=tuple(form.steps.get(seal.field, ())),
                at=moment.astimezone().replace(tzinfo=None) if moment else None,
                order=order,
                trial=certificate.trial,
                staff_no=certificate.holder.staff_no,
                certificate=certificate.mark,
            )


def _notes(signers: Sequence[Signer], *, complete: bool) -> Iterator[str]:
    if any(signer.trial for signer in signers):
        yield "证书由试用根签发，只供试用，不作凭证。"
    moments = [signer.at for signer in signers if signer.at]
    if moments != sorted(moments):
        yield "签字时间先后颠倒，有签字电脑的时钟不准。"
    if complete and len(moments) > 1 and max(moments) - min(moments) < _HASTE:
        yield "几个签字相隔不到 60 秒。"


def _fingerprint(data: bytes) -> str:
    try:
        rows = attached(data).get(ROWS_JSON)
    except PdfError:
        return ""
    return fingerprint(rows) if rows is not None else ""


def _context(authorities: Authorities) -> ValidationContext:
    roots = [asn1_x509.Certificate.load(root) for root in authorities.roots]
    return ValidationContext(
        trust_roots=roots,
        allow_fetching=False,
        moment=authorities.now,
        revocation_mode="soft-fail",  # lists are read by ``standing``, which says what they mean
    )
