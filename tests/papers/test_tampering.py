"""Every falsification of pdf.md §3 is found and named; what is harmless stays trusted."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storedesk.domain.signatures import Role
from storedesk.papers.identity import Revocation, revocation_list
from storedesk.papers.verifying import verify
from tests.helpers import signers, tampering
from tests.helpers.tampering import CASES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_falsified_report_is_found_and_named(case: Case, unsigned: bytes, signed: bytes) -> None:
    falsified = case.tamper(unsigned, signed)
    assert falsified != signed

    verdict = verify(falsified, signers.cast().roots)

    assert verdict.exit_code == 1
    assert not (verdict.trusted and verdict.unaltered and verdict.complete)
    assert any(case.finding in finding for finding in verdict.findings), verdict.findings


def test_23_revoked_certificate_is_found(signed: bytes) -> None:
    cast = signers.cast()
    manager = signers.staff(Role.MANAGER).certificate
    revoked = [Revocation(manager.serial, manager.valid_from, left=False)]
    listed = revocation_list(cast.opened_root, revoked, number=1)

    verdict = verify(signed, cast.roots, revocations=[listed])

    assert verdict.exit_code == 1
    assert verdict.unaltered
    assert "周敏的证书已于" in verdict.findings[0]
    assert "吊销" in verdict.findings[0]


def test_03b_embedded_copy_of_the_root_is_not_believed_and_harmless(
    unsigned: bytes, signed: bytes
) -> None:
    changed = tampering.embedded_root_changed(unsigned, signed)

    assert changed != signed
    assert verify(changed, signers.cast().roots).exit_code == 0


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(min_value=0, max_value=1, exclude_max=True))
def test_any_changed_byte_outside_the_last_signature_is_found(share: float, signed: bytes) -> None:
    start, end = tampering.hole(signed)
    outside = [*range(start - 1), *range(end + 1, len(signed))]
    position = outside[int(share * len(outside))]

    verdict = verify(tampering.flip(signed, position), signers.cast().roots)

    assert verdict.exit_code != 0


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.99, 0.9999])
def test_file_cut_short_is_never_trusted(share: float, signed: bytes) -> None:
    assert verify(signed[: int(share * len(signed))], signers.cast().roots).exit_code in (1, 2)
