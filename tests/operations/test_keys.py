"""Keys of staff: who gets one, where it lies, and the trial root that certifies it."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storedesk import resources
from storedesk.domain.errors import Misuse, StoreDeskError
from storedesk.domain.paper_errors import (
    KeyExists,
    KeyMissing,
    KeyNotFound,
    KeyOfOther,
    KeyUnreadable,
    NoSigningRole,
    SignerAmbiguous,
    SignerLeft,
    SignerUnknown,
    TrustUnreadable,
    WeakPassphrase,
)
from storedesk.operations import keys, records, signers, signing, trust
from storedesk.operations.desk import Desk
from storedesk.operations.keyring import Keyring
from storedesk.papers import identity
from tests.operations.shops import CALLER, GM, MANAGER, PASSPHRASE, ROUNDS, Shop

NO = "RB-20261120"


def staff(desk: Desk) -> dict[str, tuple[str, ...]]:
    return {member.name: member.roles for member in desk.settings.active_staff()}


def test_a_new_desk_has_a_trial_root_that_is_pinned(desk: Desk) -> None:
    (root,) = trust.trusted().roots
    assert root == Keyring.of(desk.uuid).root_certificate()
    assert keys.trial_root(desk).certificate.holder.name == "店务台试用根 幸福路店"
    assert not list(desk.folder.rglob("*.p12")), "keys never lie in the desk folder"


def test_a_desk_without_a_trial_root_gets_one_when_it_is_needed(desk: Desk) -> None:
    shutil.rmtree(Keyring.of(desk.uuid).folder)
    made = keys.make_key(desk, CALLER, ["回访人"], PASSPHRASE, rounds=ROUNDS)
    assert made.trial
    assert len(trust.trusted().roots) == 2, "what the old one signed still counts"


def test_a_trial_root_whose_time_is_over_is_replaced(desk: Desk) -> None:
    def long_ago() -> datetime:
        return datetime.now(UTC) - timedelta(days=identity.TRIAL_DAYS + 1)

    folder = Keyring.of(desk.uuid).folder
    secret = (folder / "trial-root.secret").read_text()
    old = identity.make_trial_root("幸福路店", "幸福路店", secret, now=long_ago, rounds=ROUNDS)
    (folder / "trial-root.p12").write_bytes(old.p12)
    made = keys.make_key(desk, CALLER, ["回访人"], PASSPHRASE, rounds=ROUNDS)
    assert made.valid_until > datetime.now(UTC)
    assert (folder / "trial-root.p12").read_bytes() != old.p12


def test_a_folder_that_cannot_be_written_is_said(shop: Shop, tmp_path: Path) -> None:
    blocked = tmp_path / "这是文件"
    blocked.write_text("")
    with pytest.raises(StoreDeskError, match=r"赵倩\.p12"):
        keys.make_key(
            shop.desk, CALLER, (), PASSPHRASE, to=blocked / "赵倩.p12", renew=True, rounds=ROUNDS
        )


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_only_the_user_may_read_keys(shop: Shop) -> None:
    files = [*Keyring.of(shop.desk.uuid).folder.iterdir()]
    assert len(files) == 7
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_person_and_role_are_entered_where_they_are_missing(desk: Desk) -> None:
    first = keys.make_key(desk, CALLER, ["回访人"], PASSPHRASE, rounds=ROUNDS)
    assert first.added == "「员工」里加上了赵倩（回访人）"
    assert first.sentence.startswith(
        "「员工」里加上了赵倩（回访人）。赵倩（回访人）的签名钥匙已办好"
    )
    records.add(desk, "staff", {"name": MANAGER, "roles": "导购"}, CALLER)
    second = keys.make_key(desk, MANAGER, ["客服经理"], PASSPHRASE, rounds=ROUNDS)
    assert second.added == "「员工」里给林晓加上了岗位 客服主管", "the store's own word"
    third = keys.make_key(desk, MANAGER, ["客服主管"], PASSPHRASE, renew=True, rounds=ROUNDS)
    assert third.added == ""
    assert staff(desk)[CALLER] == ("回访人",)
    assert staff(desk)[MANAGER] == ("导购", "客服主管")


def test_who_may_sign_is_listed_in_the_order_of_signing(shop: Shop) -> None:
    records.add(shop.desk, "staff", {"name": "陈晨", "roles": "导购"}, CALLER)
    records.set_values(
        shop.desk, signers.member_named(shop.desk.settings, "客服").id, {"状态": "离职"}, CALLER
    )
    listed = keys.list_staff(shop.desk)
    assert [(line.name, line.signs_as) for line in listed] == [
        (CALLER, "回访人"),
        (MANAGER, "客服主管"),
        (GM, "店长"),
    ]
    assert [line.key.state for line in listed if line.key] == ["有效"] * 3
    keys.revoke(shop.desk, GM)
    assert keys.list_staff(shop.desk)[2].key == keys.key_of(
        shop.desk, signers.member_named(shop.desk.settings, GM)
    )
    assert [line.key.state for line in keys.list_staff(shop.desk) if line.key][2] == "已作废"


def test_a_second_key_is_made_only_if_asked_for_or_needed(shop: Shop) -> None:
    with pytest.raises(KeyExists, match="--renew"):
        keys.make_key(shop.desk, CALLER, (), PASSPHRASE, rounds=ROUNDS)
    wider = keys.make_key(shop.desk, CALLER, ["客服主管"], PASSPHRASE, rounds=ROUNDS)
    assert wider.label == "回访人兼客服主管", "another role needs another certificate"
    again = keys.make_key(shop.desk, CALLER, (), PASSPHRASE, renew=True, rounds=ROUNDS)
    assert again.path == wider.path


def test_the_old_root_certifies_after_a_new_name(shop: Shop) -> None:
    """Keys are for a store by its code; with another code they are made anew."""
    (code,) = shop.desk.mirror.find_by("store_info", "name", "门店编码")
    records.set_values(shop.desk, code, {"内容": "CN01"}, CALLER)
    shop.report()
    assert "属于门店「幸福路店」，这份报表是「CN01」的" in shop.refused(NO)
    keys.make_key(shop.desk, CALLER, (), PASSPHRASE, renew=True, rounds=ROUNDS)
    shop.sign(NO)


def test_another_pc_trusts_the_exported_root(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.report()
    shop.sign_all(NO)
    file = tmp_path / "根.pem"
    root = keys.export_root(shop.desk, file)
    with pytest.raises(Misuse, match="没有覆盖"):
        keys.export_root(shop.desk, file)
    assert signing.verify(shop.path(NO), [file]).exit_code == 0
    monkeypatch.setenv(resources.HOME_VARIABLE, str(tmp_path / "别的电脑"))
    verdict = signing.verify(shop.path(NO))
    assert (verdict.exit_code, verdict.unaltered) == (1, True)
    assert "不在您信任的根证书里" in verdict.findings[0]
    assert trust.pin_file(file).fingerprint == root.fingerprint
    assert signing.verify(shop.path(NO)).exit_code == 0


def test_a_revocation_list_is_kept_where_it_is_believed(shop: Shop) -> None:
    keys.revoke(shop.desk, GM, left=True)
    keys.revoke(shop.desk, MANAGER)
    keys.revoke(shop.desk, MANAGER, left=True)
    assert len(trust.trusted().revocations) == 1
    assert [entry.left for entry in Keyring.of(shop.desk.uuid)._revoked()] == [True, True]


# --- bad input ------------------------------------------------------------------------------------


def test_refusals_enter_nothing(desk: Desk) -> None:
    before = staff(desk)
    with pytest.raises(WeakPassphrase):
        keys.make_key(desk, CALLER, ["回访人"], "1234567", rounds=ROUNDS)
    with pytest.raises(Misuse, match="不是签日报的岗位，可以是：回访人、客服主管、店长"):
        keys.make_key(desk, CALLER, ["师傅"], PASSPHRASE, rounds=ROUNDS)
    with pytest.raises(SignerUnknown, match="没有「赵倩」"):
        keys.make_key(desk, CALLER, (), PASSPHRASE, rounds=ROUNDS)
    assert staff(desk) == before


def test_people_who_cannot_have_a_key(shop: Shop) -> None:
    records.add(shop.desk, "staff", {"name": "陈晨", "roles": "导购"}, CALLER)
    with pytest.raises(NoSigningRole, match="回访人、客服主管、店长"):
        keys.make_key(shop.desk, "陈晨", (), PASSPHRASE, rounds=ROUNDS)
    records.add(shop.desk, "staff", {"name": "陈晨", "roles": "库管"}, CALLER)
    with pytest.raises(SignerAmbiguous):
        keys.make_key(shop.desk, "陈晨", ["店长"], PASSPHRASE, rounds=ROUNDS)
    gm = signers.member_named(shop.desk.settings, GM)
    records.set_values(shop.desk, gm.id, {"状态": "离职"}, CALLER)
    with pytest.raises(SignerLeft):
        keys.make_key(shop.desk, GM, ["店长"], PASSPHRASE, renew=True, rounds=ROUNDS)
    assert keys.revoke(shop.desk, GM, left=True).state == "已作废", "a leaver's key is revoked"


def test_a_file_of_ones_own_is_never_overwritten(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "我的.p12"
    file.write_text("别动")
    with pytest.raises(Misuse, match="没有覆盖"):
        keys.make_key(shop.desk, GM, (), PASSPHRASE, to=file, renew=True, rounds=ROUNDS)
    assert file.read_text() == "别动"


def test_key_files_that_cannot_be_taken(shop: Shop, tmp_path: Path) -> None:
    manager = signers.member_named(shop.desk.settings, MANAGER)
    theirs = Keyring.of(shop.desk.uuid).place_of(manager.id)
    assert theirs is not None
    with pytest.raises(KeyOfOther, match="是林晓的，不是赵倩的"):
        keys.take_key(shop.desk, CALLER, theirs)
    with pytest.raises(KeyNotFound):
        keys.take_key(shop.desk, CALLER, tmp_path / "没有.p12")
    broken = tmp_path / "坏.p12"
    broken.write_bytes(theirs.read_bytes()[:200])
    with pytest.raises(KeyUnreadable):
        keys.take_key(shop.desk, CALLER, broken)
    with pytest.raises(TrustUnreadable, match="根证书"):
        trust.pin_file(broken)
    with pytest.raises(TrustUnreadable):
        trust.pin_file(tmp_path / "没有.pem")


def test_keys_that_cannot_be_revoked(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    records.add(shop.desk, "staff", {"name": "陈晨", "roles": "店长"}, CALLER)
    with pytest.raises(KeyMissing):
        keys.revoke(shop.desk, "陈晨")
    keys.make_key(desk, CALLER, ["回访人"], PASSPHRASE, to=tmp_path, rounds=ROUNDS)
    own = signers.member_named(desk.settings, CALLER)
    (code,) = desk.mirror.find_by("store_info", "name", "门店编码")
    records.set_values(desk, code, {"内容": "CN01"}, CALLER)
    shutil.rmtree(Keyring.of(desk.uuid).folder)
    keys.take_key(desk, CALLER, tmp_path / f"{own.id}-{CALLER}.p12")
    with pytest.raises(Misuse, match="要由它来作废"):
        keys.revoke(desk, CALLER)


def test_a_damaged_note_of_keys_is_said(shop: Shop) -> None:
    (Keyring.of(shop.desk.uuid).folder / "keys.json").write_text("{")
    with pytest.raises(KeyUnreadable):
        keys.list_staff(shop.desk)
