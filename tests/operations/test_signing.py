"""Signing: three in order, one passphrase for many; a refusal leaves things as they were."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest

from storedesk import resources
from storedesk.domain.errors import StoreDeskError
from storedesk.domain.settings import Member
from storedesk.operations import due, keys, records, reports, signers, signing, trust
from storedesk.operations.calendars import statutory_calendar
from storedesk.operations.clock import FixedClock
from storedesk.operations.keyring import Keyring
from storedesk.papers import identity
from storedesk.papers.signing import SigningSession
from tests.operations.conftest import NewDesk
from tests.operations.shops import CALLER, FRIDAY, GM, MANAGER, PASSPHRASE, ROUNDS, Shop

NO = "RB-20261120"
ORDER = "已阅，抽屉问题三天内回复客户"


@pytest.fixture
def made(busy: Shop) -> Shop:
    """A store whose daily waits for its first signature."""
    busy.report()
    return busy


def member(shop: Shop, name: str) -> Member:
    return signers.member_named(shop.desk.settings, name)


def test_three_sign_in_order_and_the_ledger_says_when(made: Shop) -> None:
    states = []
    for who in (CALLER, MANAGER, GM):
        (signed,) = made.sign(NO, by=who).signed
        states.append(made.entry(NO).status)
    assert states == ["待审核", "待批示", "已签发"]
    entry = made.entry(NO)
    assert (entry.caller, entry.manager, entry.gm) == (CALLER, MANAGER, GM)
    assert entry.is_signed
    assert signed.sentence == f"{NO} {GM}（店长）已签字，三方签字完成。"
    verdict = signing.verify(made.path(NO))
    assert verdict.exit_code == 0
    assert [signer.name for signer in verdict.signers] == [CALLER, MANAGER, GM]
    assert verdict.headline().startswith("可以采信（试用根签发，只供试用）")
    assert entry.sha256 == signed.sha256


def test_one_passphrase_signs_several_reports(new_desk: NewDesk, clock: FixedClock) -> None:
    shop = Shop(new_desk("auto"), clock).hire()
    numbers = [one.report_no for one in reports.make_daily(shop.desk, FRIDAY, by=CALLER)]
    assert len(numbers) == 2
    for who in (CALLER, MANAGER, "总经理"):
        assert [one.report_no for one in shop.sign(*numbers, by=who).signed] == numbers
    assert all(signing.verify(shop.path(number)).exit_code == 0 for number in numbers)


def test_of_several_reports_a_refused_one_does_not_stop_the_others(made: Shop) -> None:
    made.sign(NO)
    made.on(date(2026, 11, 21))
    made.report()
    done = made.sign(NO, "RB-20261121")
    assert [one.report_no for one in done.signed] == ["RB-20261121"]
    assert [one.sentence for one in done.refused] == [
        f"《{NO}_客户回访日报.pdf》的回访人已经签过字，不用再签。报表没有变动。"
    ]


@pytest.mark.parametrize("word", ["客服主管", "客服经理", "售后主管"])
def test_a_role_will_do_where_one_person_has_it(made: Shop, word: str) -> None:
    made.sign(NO, by="回访人")
    (signed,) = made.sign(NO, by=word).signed
    assert signed.signer is not None
    assert signed.signer.name == MANAGER


def test_one_person_with_two_roles_signs_once_and_somebody_else_last(shop: Shop) -> None:
    made = keys.make_key(shop.desk, CALLER, ["客服主管"], PASSPHRASE, renew=True, rounds=ROUNDS)
    assert made.label == "回访人兼客服主管"
    records.set_values(shop.desk, member(shop, MANAGER).id, {"状态": "离职"}, CALLER)
    shop.report()
    (signed,) = shop.sign(NO).signed
    assert signed.signer is not None
    assert signed.signer.label == "回访人兼客服主管"
    entry = shop.entry(NO)
    assert (entry.caller, entry.manager, entry.status) == (CALLER, CALLER, "待批示")
    shop.sign(NO, by=GM)
    assert signing.verify(shop.path(NO)).exit_code == 0


def test_the_last_signer_is_somebody_else(shop: Shop) -> None:
    keys.make_key(shop.desk, CALLER, ["店长"], PASSPHRASE, renew=True, rounds=ROUNDS)
    shop.report()
    shop.sign(NO)
    shop.sign(NO, by=MANAGER)
    assert "须由另一个人来签" in shop.refused(NO, by=CALLER)


def test_who_has_two_roles_signs_only_the_one_asked_for(shop: Shop) -> None:
    """Somebody else is the manager too: nothing is signed on her behalf."""
    keys.make_key(shop.desk, CALLER, ["客服主管"], PASSPHRASE, renew=True, rounds=ROUNDS)
    shop.report()
    assert "还没轮到" in shop.refused(NO, by=MANAGER)
    assert "不止一位（赵倩、林晓）" in shop.refused(NO, by="客服主管")
    (signed,) = shop.sign(NO, by=CALLER).signed
    assert signed.signer is not None
    assert signed.signer.label == "回访人"
    assert "已经签过" in shop.refused(NO, by="回访人")
    records.set_values(shop.desk, member(shop, MANAGER).id, {"状态": "离职"}, CALLER)
    shop.sign(NO, by="客服主管")
    assert "客服主管已经签过字" in shop.refused(NO, by="客服主管")


# --- 批示 -----------------------------------------------------------------------------------------


def test_an_order_becomes_something_owed(made: Shop) -> None:
    made.sign(NO)
    made.sign(NO, by=MANAGER)
    done = made.sign(NO, by=GM, comment=ORDER)
    assert done.instruction == (
        "批示已登记：林晓负责，2026-11-23 前完成；做完以前每天的日报都会列出。"
    )
    entry = made.entry(NO)
    assert (entry.instruction, entry.instruction_owner) == (ORDER, MANAGER)
    assert (entry.instruction_due, entry.instruction_status) == (date(2026, 11, 23), "未做")
    with pikepdf.open(made.path(NO)) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        assert str(fields["comment"].V) == ORDER
    (item,) = [one for one in due.due_list(made.desk).items if one.ledger == "report_log"]
    assert (item.kind, item.owner, item.what) == ("批示落实", MANAGER, ORDER)
    records.set_values(made.desk, NO, {"批示完成情况": "完成"}, MANAGER)
    assert not [one for one in due.due_list(made.desk).items if one.ledger == "report_log"]


def test_one_order_for_several_reports_is_one_thing_to_do(made: Shop) -> None:
    made.on(date(2026, 11, 21))
    numbers = (NO, made.report().report_no)
    made.sign(*numbers)
    made.sign(*numbers, by=MANAGER)
    made.sign(*numbers, by=GM, comment=ORDER)
    assert [made.entry(number).instruction for number in numbers] == [ORDER, ORDER]
    assert [made.entry(number).instruction_status for number in numbers] == ["", "未做"]


def test_owner_and_day_of_an_order_may_be_named(made: Shop) -> None:
    made.sign(NO)
    made.sign(NO, by=MANAGER)
    made.sign(NO, by=GM, comment="请落实", owner=CALLER, due_on=date(2026, 12, 1))
    entry = made.entry(NO)
    assert (entry.instruction_owner, entry.instruction_due) == (CALLER, date(2026, 12, 1))


def test_an_acknowledgement_is_printed_and_not_followed_up(made: Shop) -> None:
    made.sign_all(NO, comment="已阅。")
    entry = made.entry(NO)
    assert (entry.instruction, entry.instruction_status) == ("已阅。", "")


def test_a_daily_that_waits_is_owed_by_who_signs_next(made: Shop) -> None:
    (item,) = [one for one in due.due_list(made.desk).items if one.ledger == "report_log"]
    assert (item.kind, item.owner) == ("日报待签", CALLER)
    assert item.due_at == datetime(2026, 11, 23, 12), "noon of the next working day"
    made.sign(NO)
    (item,) = [one for one in due.due_list(made.desk).items if one.ledger == "report_log"]
    assert (item.owner, item.reason) == (MANAGER, "等客服主管签字，11-23 12:00 前")


# --- bad input: one sentence, the former state intact ---------------------------------------------


def test_wrong_passphrase(made: Shop) -> None:
    wrong = {"passphrase": "不是这个口令"}
    assert made.refused(NO, **wrong) == (
        "签名口令不对，报表没有变动。忘了口令：设置 › 签名 › 重办。"
    )


def test_out_of_order(made: Shop) -> None:
    assert "要先由回访人签字" in made.refused(NO, by=GM)


def test_second_signature(made: Shop) -> None:
    made.sign(NO)
    assert "回访人已经签过字" in made.refused(NO, by=CALLER)


def test_a_role_that_does_not_sign(made: Shop) -> None:
    records.add(made.desk, "staff", {"name": "陈晨", "roles": "导购"}, CALLER)
    assert "还没有签名钥匙" in made.refused(NO, by="陈晨")


def test_wrong_role(shop: Shop) -> None:
    """The first two steps were signed at once, so nobody but the last is asked for."""
    keys.make_key(shop.desk, CALLER, ["客服主管"], PASSPHRASE, renew=True, rounds=ROUNDS)
    shop.report()
    shop.sign(NO, by="回访人兼客服主管")
    assert shop.refused(NO, by=MANAGER) == (
        "林晓的证书没有「店长」签字权，报表没有变动。请由店长来签。"
    )


def test_a_comment_belongs_to_the_last_signature(made: Shop) -> None:
    assert "批示由店长签字时填写" in made.refused(NO, comment=ORDER)


def test_an_unknown_report_stops_everything(made: Shop) -> None:
    assert made.refused(NO, "RB-20991231") == (
        "没有编号为「RB-20991231」的报表。请先生成，或看一下正确的编号。"
    )
    assert made.refused() == "请写上要签的报表编号。"


def test_nobody_and_several_of_a_name_or_role(made: Shop) -> None:
    assert "没有「王五」，也没有这个岗位" in made.refused(NO, by="王五")
    records.set_values(made.desk, member(made, GM).id, {"状态": "离职"}, CALLER)
    assert made.refused(NO, by="店长").startswith("没有在职的「店长」")
    assert "已离职" in made.refused(NO, by=GM)
    records.add(made.desk, "staff", {"name": CALLER, "roles": "导购"}, CALLER)
    assert "员工里有 2 个「赵倩」" in made.refused(NO, by=CALLER)


def test_an_owner_of_an_order_must_be_known(made: Shop) -> None:
    assert "没有「王五」" in made.refused(NO, owner="王五")


def test_an_expired_key(made: Shop) -> None:
    _take(made, days_ago=800)
    assert "现在无效（有效期" in made.refused(NO)


def test_a_key_of_an_unknown_root(made: Shop) -> None:
    other = identity.make_trial_root("别处", "别处", PASSPHRASE, rounds=ROUNDS)
    _take(made, root=identity.open_key(other.p12, PASSPHRASE))
    assert "不在本机信任的根证书里" in made.refused(NO)


def test_a_key_of_another_store(made: Shop) -> None:
    _take(made, store_code="别处")
    assert made.refused(NO) == ("赵倩的证书属于门店「别处」，这份报表是「幸福路店」的，没有签。")


def test_a_key_of_somebody_else(made: Shop) -> None:
    path = Keyring.of(made.desk.uuid).place_of(member(made, MANAGER).id)
    assert made.refused(NO, key=path) == "这把签名钥匙是林晓的，不是赵倩的。报表没有变动。"


def test_a_revoked_key(made: Shop) -> None:
    made.sign(NO)
    keys.revoke(made.desk, MANAGER)
    assert "已于" in made.refused(NO, by=MANAGER)
    made_key = keys.make_key(made.desk, MANAGER, (), PASSPHRASE, rounds=ROUNDS)
    assert made_key.name == MANAGER, "another one may be made at once"
    made.sign(NO, by=MANAGER)


@pytest.mark.parametrize(("left", "code"), [(True, 0), (False, 1)])
def test_what_a_revoked_key_signed_before(made: Shop, left: bool, code: int) -> None:  # noqa: FBT001  # a case
    """A leaver's signatures still count; a lost key casts doubt on all of them."""
    made.sign_all(NO)
    keys.revoke(made.desk, CALLER, left=left)
    assert signing.verify(made.path(NO)).exit_code == code


def test_a_file_cut_short(made: Shop) -> None:
    made.sign(NO)
    path = made.path(NO)
    path.write_bytes(path.read_bytes()[:5000])
    assert "不能签" in made.refused(NO, by=MANAGER)


def test_a_file_put_back_to_an_earlier_state(made: Shop, tmp_path: Path) -> None:
    made.sign(NO)
    old = shutil.copy(made.path(NO), tmp_path / "old.pdf")
    made.sign(NO, by=MANAGER)
    shutil.copy(old, made.path(NO))
    assert "少了已经签过的字" in made.refused(NO, by=GM)


def test_a_signed_file_that_was_altered(made: Shop) -> None:
    made.sign(NO)
    path = made.path(NO)
    path.write_bytes(path.read_bytes() + b"%")
    assert "在回访人签字后被改过" in made.refused(NO, by=MANAGER)


def test_another_file_in_its_place(made: Shop) -> None:
    made.on(date(2026, 11, 21))
    other = made.report().path
    shutil.copy(other, made.path(NO))
    assert "不是店务台生成的那一份" in made.refused(NO)
    made.sign("RB-20261121")
    shutil.copy(other, made.path(NO))
    assert "另一份报表 RB-20261121" in made.refused(NO)


def test_a_file_that_is_gone(made: Shop) -> None:
    path = made.path(NO)
    path.unlink()
    with pytest.raises(StoreDeskError, match="文件不在原处"):
        made.sign(NO)


# --- the file is the truth ------------------------------------------------------------------------


def test_a_signature_that_was_not_entered_is_found_in_the_file(made: Shop) -> None:
    """The power failed after the file was signed; or the boss signed on another PC."""
    known = trust.trusted()
    p12 = keys.key_file(made.desk, member(made, CALLER))
    session = SigningSession.open(
        p12, PASSPHRASE, roots=known.roots, fonts=resources.fonts_folder()
    )
    session.sign(made.path(NO))
    assert made.entry(NO).status == "草稿"
    made.sign(NO, by=MANAGER)
    entry = made.entry(NO)
    assert (entry.signed_count, entry.caller, entry.status) == (2, CALLER, "待批示")


# --- keys in the right place ----------------------------------------------------------------------


def test_a_key_on_a_usb_stick(shop: Shop, tmp_path: Path) -> None:
    stick = tmp_path / "签名U盘"
    stick.mkdir()
    made = keys.make_key(shop.desk, CALLER, (), PASSPHRASE, to=stick, renew=True, rounds=ROUNDS)
    assert made.path.parent == stick
    shop.report()
    away = tmp_path / "拔掉了"
    stick.rename(away)
    assert "请插上签名U盘" in shop.refused(NO)
    assert keys.list_staff(shop.desk)[0].key == keys.StaffKey(made.path, "找不到")
    shop.sign(NO, key=away / made.path.name)


def test_noon_of_the_next_working_day_decides_what_is_late() -> None:
    """Friday's daily may be signed until Monday noon; a holiday week counts as none."""
    calendar = statutory_calendar()
    assert not signing.is_late(FRIDAY, datetime(2026, 11, 23, 12), calendar)
    assert signing.is_late(FRIDAY, datetime(2026, 11, 23, 12, 1), calendar)
    assert not signing.is_late(date(2026, 9, 30), datetime(2026, 10, 8, 11), calendar)


def _take(
    shop: Shop,
    *,
    days_ago: int = 0,
    root: identity.OpenKey | None = None,
    store_code: str = "",
) -> None:
    """Give the caller a key that was not made here and now."""

    def then() -> datetime:
        return datetime.now(UTC) - timedelta(days=days_ago)

    own = keys.holder_of(shop.desk, member(shop, CALLER))
    holder = identity.Holder(
        own.name, own.roles, own.label, store_code or own.store_code, own.store, own.staff_no
    )
    made = identity.issue(
        root or keys.trial_root(shop.desk), holder, PASSPHRASE, now=then, rounds=ROUNDS
    )
    file = shop.desk.folder.parent / "别处做的.p12"
    file.write_bytes(made.p12)
    keys.take_key(shop.desk, CALLER, file)
