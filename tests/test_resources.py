import tomllib
from pathlib import Path

import pytest

from storedesk import resources
from storedesk.domain.errors import Misuse
from storedesk.domain.forms import BadForm

TOP = Path(__file__).parents[1]
FORM = """
ledger = "calendar"
label = "日历"
workbook = "门店设置.xlsx"
prefix = "RL"
[[section]]
[[section.column]]
key = "id"
label = "编号"
"""


def put(desk: Path, relative: str, text: str) -> Path:
    path = desk / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_every_shipped_form_is_loaded_in_flush_order() -> None:
    forms = resources.load_forms()
    assert tuple(form.ledger for form in forms) == resources.LEDGERS
    assert {path.stem for path in (TOP / "forms").glob("*.toml")} == set(resources.LEDGERS)
    first = list(dict.fromkeys(form.workbook for form in forms))
    assert tuple(first) == forms.workbooks()


def test_every_shipped_profile_and_questionnaire_is_listed() -> None:
    profiles = {path.stem for path in (TOP / "forms" / "profiles").glob("*.toml")}
    assert profiles == {*resources.profile_keys(), "every_store"}
    shipped = {path.stem for path in (TOP / "forms" / "questionnaires").glob("*.toml")}
    assert shipped == set(resources.load_questionnaires())


def test_a_form_of_the_desk_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    before = resources.forms_hash(tmp_path)
    assert before == resources.forms_hash()
    put(tmp_path, "forms/calendar.toml", FORM)
    forms = resources.load_forms(tmp_path)
    assert forms["calendar"].label == "日历"
    assert forms["customers"] == resources.load_forms()["customers"]
    assert resources.forms_hash(tmp_path) != before
    assert resources.load_forms()["calendar"].label == "工作日历"


def test_a_profile_of_the_desk_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    shipped = (TOP / "forms/profiles/furniture.toml").read_text("utf-8")
    put(tmp_path, "forms/profiles/furniture.toml", shipped.replace("店长", "老板"))
    assert resources.load_profile("furniture", tmp_path).roles["gm"] == "老板"
    assert resources.load_profile("furniture").roles["gm"] == "店长"


def test_a_desk_may_have_questionnaires_of_its_own(tmp_path: Path) -> None:
    own = 'id = "Q-OWN"\ntitle = "本店"\nversion = "1"\n'
    own += '[[item]]\nnumber = "1"\ntitle = "好吗"\nanswer = "score"\n'
    put(tmp_path, "forms/questionnaires/Q-OWN.toml", own)
    put(tmp_path, "forms/questionnaires/Q-CARE.toml", own.replace("Q-OWN", "Q-CARE"))
    found = resources.load_questionnaires(tmp_path)
    assert set(found) == {*resources.load_questionnaires(), "Q-OWN"}
    assert found["Q-CARE"].title == "本店"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ledger = ", r"calendar\.toml: Invalid value"),
        (FORM.replace('"calendar"', '"gifts"'), "calendar.toml: describes another ledger, 'gifts'"),
        (FORM.replace("prefix", "prefiks"), r"calendar\.toml: unknown key: prefiks"),
    ],
)
def test_a_bad_form_of_the_desk_is_named(tmp_path: Path, text: str, what: str) -> None:
    put(tmp_path, "forms/calendar.toml", text)
    with pytest.raises(BadForm, match=what):
        resources.load_forms(tmp_path)


def test_a_form_saved_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = put(tmp_path, "forms/calendar.toml", "")
    path.write_bytes(FORM.encode("gb18030"))
    with pytest.raises(BadForm, match=r"calendar\.toml: 'utf-8' codec"):
        resources.load_forms(tmp_path)


def test_a_form_from_windows_notepad_is_read(tmp_path: Path) -> None:
    put(tmp_path, "forms/calendar.toml", "\ufeff" + FORM.replace("\n", "\r\n"))
    assert resources.load_forms(tmp_path)["calendar"].label == "日历"


def test_an_unknown_kind_of_store_is_a_misuse() -> None:
    with pytest.raises(Misuse, match="没有「bakery」这种门店，可以是：furniture、appliance、auto"):
        resources.load_profile("bakery")


def test_a_template_of_the_desk_comes_first(tmp_path: Path) -> None:
    own = put(tmp_path, "templates/reports/own.toml", "")
    assert resources.template("reports/own.toml", tmp_path) == own
    with pytest.raises(resources.FileMissing, match=r"找不到「templates/reports/own\.toml」"):
        resources.template("reports/own.toml")


def test_shipped_templates_are_found() -> None:
    some = next(path for path in (TOP / "templates").rglob("*") if path.is_file())
    assert resources.template(some.relative_to(TOP / "templates").as_posix()) == some


def test_an_installed_package_holds_what_was_shipped(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "storedesk"
    package.mkdir(parents=True)
    assert resources.shipped_folder(package) == package.parent
    shipped = package / "_shipped"
    shipped.mkdir()
    assert resources.shipped_folder(package) == shipped


def test_a_wheel_is_told_to_ship_forms_and_templates() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert shipped == {folder: f"storedesk/_shipped/{folder}" for folder in ("forms", "templates")}


def test_the_users_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(resources.HOME_VARIABLE, str(tmp_path))
    assert resources.user_folder() == tmp_path
    monkeypatch.delenv(resources.HOME_VARIABLE)
    assert resources.user_folder().name == "StoreDesk"
    assert tmp_path not in resources.user_folder().parents
