"""The signed daily from the command line: made, signed by three, verified (design.md §8)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storedesk.cli import reports as commands
from storedesk.cli.main import main
from storedesk.domain.errors import Misuse
from storedesk.domain.select import Select
from storedesk.operations.desk import open_desk
from storedesk.papers import identity
from tests.cli.conftest import TODAY, NewShell, Shell
from tests.operations.shops import copied

NO = "RB-20261120"
SECRET = "幸福路店的签名口令"  # noqa: S105  # of keys that live as long as a test
ORDER = "已阅，抽屉问题三天内回复客户"
HEAVY = ("reportlab", "pikepdf", "pyhanko", "cryptography", "pypdfium2", "asn1crypto")
PEOPLE = (("赵倩", "回访人"), ("林晓", "客服主管"), ("周建平", "店长"))


@pytest.fixture(autouse=True)
def _typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(commands.PASSPHRASE, SECRET)


@pytest.fixture(scope="module")
def store_stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furniture store with three keys, and a customer who was called today."""
    stage = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        _at_home(patch, stage)
        desk = str(stage / "desk")
        _done("init", desk, "--profile", "furniture", "--store", "幸福路店")
        for name, role in PEOPLE:
            _done("staff", desk, "key", name, "--role", role)
        wang = ("客户姓名=王建国", "联系电话=13800003456")
        _done("add", desk, "customers", *wang)
        _done("add", desk, "purchases", "客户编号=王建国", "产品名称=沙发", "送货日期=2026-11-13")
        with open_desk(stage / "desk") as opened:
            (call,) = opened.mirror.ids(Select("followups"))
        told = ("--result", "成功", "--answer", "T1=4", "--opinion", "抽屉有异响")
        _done("call", desk, call, *told)
    return stage


@pytest.fixture(scope="module")
def signed_stage(store_stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, when its daily has been signed by all three."""
    stage = tmp_path_factory.mktemp("signed")
    with pytest.MonkeyPatch.context() as patch:
        _at_home(patch, stage)
        desk = str(copied(store_stage, stage))
        _done("report", desk, "daily")
        for name, _ in PEOPLE:
            comment = ("--comment", ORDER) if name == "周建平" else ()
            _done("sign", desk, NO, "--as", name, *comment)
    return stage


@pytest.fixture
def store(store_stage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, copied(store_stage, tmp_path))


@pytest.fixture
def signed(signed_stage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, copied(signed_stage, tmp_path))


def _at_home(patch: pytest.MonkeyPatch, stage: Path) -> None:
    patch.setenv("STOREDESK_HOME", str(stage / "home"))
    patch.setenv("STOREDESK_TODAY", TODAY)
    patch.setenv(commands.PASSPHRASE, SECRET)


def _done(*words: str) -> None:
    assert main(words) == 0


def pdf_of(run: Shell) -> Path:
    (found,) = Path(run.desk).glob("报表/2026/11/*.pdf")
    return found


def test_the_day_as_the_issue_tells_it(store: Shell) -> None:
    run = store
    assert run("staff", run.desk) == 0
    assert [line.split()[1:4] for line in run.out.splitlines()[1:]] == [
        [name, role, "有效（试用）"] for name, role in PEOPLE
    ]
    assert run("report", run.desk, "daily", "--on", "2026-11-20") == 0
    assert "七天回访 应访 1、实访 1、成功 1" in run.out
    assert str(pdf_of(run)) in run.out
    assert run("sign", run.desk, NO, "--as", "赵倩") == 0
    assert "还差客服主管、店长签字" in run.out
    assert run("verify", pdf_of(run)) == 1
    assert "还没有签完" in run.out
    assert run("sign", run.desk, NO, "--as", "客服主管") == 0
    assert run("sign", run.desk, NO, "--as", "总经理", "--comment", ORDER) == 0
    assert "三方签字完成" in run.out
    assert "批示已登记：林晓负责，2026-11-23 前完成" in run.out
    assert run("verify", pdf_of(run)) == 0
    told = run.out.splitlines()
    assert told[1].startswith("可以采信（试用根签发，只供试用）：日报 RB-20261120 由 3 人依次签字")
    assert [line.split("，")[0].strip() for line in told[2:5]] == [
        "1. 赵倩（回访人）",
        "2. 林晓（客服主管）",
        "3. 周建平（店长）",
    ]
    (entry,) = run.json("list", run.desk, "report_log")
    assert (entry["状态"], entry["批示期限"]) == ("已签发", "2026-11-23")
    assert run("report", run.desk, "list") == 0
    assert "共 1 份" in run.out


def test_everything_takes_json(signed: Shell) -> None:
    run = signed
    (made,) = run.json("report", run.desk, "daily")["reports"]
    assert (made["report_no"], made["made"]) == (NO, False)
    (line,) = run.json("report", run.desk, "list")
    assert (line["status"], line["is_there"]) == ("已签发", True)
    (verdict,) = run.json("verify", pdf_of(run))
    assert (verdict["exit"], verdict["verdict"]["trusted"]) == (0, True)
    assert [one["name"] for one in verdict["verdict"]["signers"]] == [n for n, _ in PEOPLE]
    assert run.json("staff", run.desk)[0]["key"]["state"] == "有效"
    made = run.json("staff", run.desk, "key", "赵倩", "--renew")
    assert made["key"]["label"] == "回访人"
    assert run.json("staff", run.desk, "revoke", "赵倩", "--left")["state"] == "已作废"
    root = run.json("staff", run.desk, "root", "--to", Path(run.desk).parent / "根.pem")
    assert run.json("staff", run.desk, "trust", Path(run.desk).parent / "根.pem") == root


def test_several_reports_with_one_passphrase(new_shell: NewShell) -> None:
    run = new_shell("auto")
    run("staff", run.desk, "key", "赵倩", "--role", "回访人")
    made = run.json("report", run.desk, "daily", "--by", "赵倩")["reports"]
    numbers = [one["report_no"] for one in made]
    assert numbers == [f"{NO}-7DC", f"{NO}-3DC"]
    signing = run.json("sign", run.desk, NO, "--as", "回访人")["signing"]  # the day's number
    assert [one["report_no"] for one in signing["signed"]] == numbers
    assert run("sign", run.desk, *numbers, "--as", "回访人") == 1
    assert run.err.count("已经签过字") == 2


def test_verify_needs_no_desk_and_tells_three_things_apart(
    signed: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, pdf = signed, tmp_path / "送来的.pdf"
    pdf.write_bytes(pdf_of(run).read_bytes())
    root = tmp_path / "根.pem"
    assert run("staff", run.desk, "root", root) == 0
    assert "指纹" in run.out
    monkeypatch.setenv("STOREDESK_HOME", str(tmp_path / "总部"))
    assert run("verify", pdf) == 1, "nobody there trusts this root yet"
    assert "不在您信任的根证书里" in run.out
    assert run("verify", pdf, "--root", root) == 0
    content = pdf.read_bytes()
    pdf.write_bytes(content + b" ")
    assert run("verify", pdf, "--root", root) == 1
    assert "不能采信" in run.out
    pdf.write_bytes(content[:5000])
    assert run("verify", pdf, "--root", root) == 2
    assert run("verify", tmp_path / "没有.pdf", "--root", root) == 2
    assert run("verify", pdf_of(run), "--root", tmp_path / "没有.pem") == 2
    assert "根证书文件读不出来" in run.err
    assert run("verify", pdf_of(run), pdf, "--root", root) == 2, "the gravest counts"


def test_a_key_on_a_stick(store: Shell, tmp_path: Path) -> None:
    run, stick = store, tmp_path / "签名U盘.p12"
    assert run("staff", run.desk, "key", "周建平", "--renew", "--to", stick) == 0
    assert identity.read_certificate(stick.read_bytes()).holder.name == "周建平"
    moved = stick.rename(tmp_path / "盘符变了.p12")
    run("report", run.desk, "daily")
    assert run("sign", run.desk, NO, "--as", "店长") == 1
    assert "请插上签名U盘" in run.err
    assert run("staff", run.desk, "key", "周建平", "--from", moved) == 0
    for word in ("回访人", "客服主管"):
        assert run("sign", run.desk, NO, "--as", word) == 0
    assert run("sign", run.desk, NO, "--as", "店长", "--key", moved) == 0


def test_an_amendment_from_the_command_line(signed: Shell) -> None:
    run = signed
    (call,) = run.json("list", run.desk, "followups")
    run.json("set", run.desk, call["回访编号"], "满意度=2")
    assert run("report", run.desk, "daily") == 1
    assert "--amend --reason" in run.err
    assert run("report", run.desk, "daily", "--amend") == 2
    reason = ("--amend", "--reason", "分数登错了")
    assert run("report", run.desk, "daily", *reason) == 0
    assert f"更正版 V2 {NO}-V2 已生成" in run.out
    assert run("sign", run.desk, f"{NO}-V2", "--as", "赵倩") == 0


MISTAKES = [
    (("sign", "D", NO, "--as", "林晓"), 1, "要先由回访人签字"),
    (("sign", "D", NO, "--as", "王五"), 1, "没有「王五」"),
    (("sign", "D", "RB-1", "--as", "赵倩"), 1, "没有编号为「RB-1」的报表"),
    (("sign", "D", NO), 2, "--as"),
    (("sign", "D", NO, "--as", "赵倩", "--due", "明天"), 2, "看不懂"),
    (("sign", "D", NO, "--as", "赵倩", "--owner", "王五"), 1, "没有「王五」"),
    (("report", "D", "monthly"), 2, "还没有做"),
    (("report", "D", "daily", "--on", "2026-11-21"), 2, "还没到"),
    (("report", "D", "daily", "--kind", "7DC"), 2, "有：综合"),
    (("staff", "D", "key"), 2, "请写上姓名"),
    (("staff", "D", "key", "赵倩"), 1, "已有签名钥匙"),
    (("staff", "D", "key", "陈晨", "--role", "导购"), 2, "不是签日报的岗位"),
    (("staff", "D", "revoke", "王五"), 1, "没有「王五」"),
    (("staff", "D", "fly"), 2, "命令写得不对"),
    (("staff", "D", "trust", "D/门店设置.xlsx"), 1, "根证书文件读不出来"),
]


def test_mistakes_are_one_clear_sentence(store: Shell) -> None:
    """One store for all of them: none changes anything."""
    store("report", store.desk, "daily")
    before = pdf_of(store).read_bytes(), store.json("list", store.desk, "report_log")
    for words, code, said in MISTAKES:
        told = [
            word.replace("D", store.desk, 1) if word[:2] in ("D", "D/") else word for word in words
        ]
        assert (words, store(*told)) == (words, code)
        assert said in store.err
        assert "Traceback" not in store.err
    assert (pdf_of(store).read_bytes(), store.json("list", store.desk, "report_log")) == before


def test_passphrases_are_typed_where_no_variable_is_set(
    store: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(commands.PASSPHRASE)
    store("report", store.desk, "daily")
    assert store("sign", store.desk, NO, "--as", "赵倩") == 2
    assert commands.PASSPHRASE in store.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    typed = iter([SECRET, SECRET, "another one"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert commands.passphrase("签名口令：") == SECRET
    with pytest.raises(Misuse, match="两次输入的口令不一样"):
        commands.passphrase("签名口令：", twice=True)


@pytest.mark.parametrize("words", [("due", "D"), ("staff", "D", "--help"), ("list", "D", "staff")])
def test_other_commands_load_no_pdf_library(run: Shell, words: tuple[str, ...]) -> None:
    script = (
        "import sys\n"
        "from storedesk.cli.main import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    told = [run.desk if word == "D" else word for word in words]
    done = subprocess.run(
        [sys.executable, "-c", script, *told], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.splitlines()[-1] == "[]"
