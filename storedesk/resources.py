"""Resources: finds ``forms/`` and ``templates/``, the desk folder's own before what was shipped.

A file of the same name in the desk's own ``forms/`` or ``templates/`` folder takes the place of the
shipped one. Shipped files lie at the top of a checkout, and in ``storedesk/_shipped/`` of a wheel.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from platformdirs import user_data_path

from storedesk.domain.aliases import Aliases, aliases_from_table, with_aliases
from storedesk.domain.errors import Misuse
from storedesk.domain.forms import BadForm, Form, Forms, form_from_table
from storedesk.domain.paper_errors import TemplateUnusable
from storedesk.domain.profiles import Profile, profile_from_tables
from storedesk.domain.questionnaires import (
    Questionnaire,
    Questionnaires,
    questionnaire_from_table,
)

LEDGERS = (
    "store_info",
    "staff",
    "followup_rules",
    "choices",
    "calendar",
    "customers",
    "purchases",
    "vehicles",
    "visits",
    "inbound",
    "parts",
    "stock_moves",
    "complaints",
    "complaint_actions",
    "followups",
    "call_attempts",
    "answers",
    "issues",
    "report_log",
)
"""Every ledger, workbook by workbook in flush order (decision 15)."""

PROFILES = ("furniture", "appliance", "auto")
QUESTIONNAIRES = ("Q7-HOME", "Q3-HOME", "Q7-CAR", "Q3-CAR", "Q-CMP", "Q-CARE")
ALIASES = "forms/aliases.toml"
"""Only in a desk's folder: the headers its people use."""
HOME_VARIABLE = "STOREDESK_HOME"


class FileMissing(Misuse):
    """A form or template is neither in the desk folder nor among the shipped files."""

    def __init__(self, relative: str) -> None:
        super().__init__(f"找不到「{relative}」。请检查名称，或重新安装店务台。")


def load_forms(desk: Path | None = None) -> Forms:
    """Return the forms of all ledgers, in flush order of their workbooks.

    Raises:
        BadForm: a form file says something it cannot say.
    """
    forms = Forms({ledger: _form(ledger, desk) for ledger in LEDGERS})
    return with_aliases(forms, _aliases(forms, desk))


def load_aliases(desk: Path) -> Aliases:
    """Return the further headers a desk has learned.

    Raises:
        BadForm: the file says something it cannot say.
    """
    return _aliases(Forms({ledger: _form(ledger, desk) for ledger in LEDGERS}), desk)


def load_profile(key: str, desk: Path | None = None) -> Profile:
    """Return what a kind of store starts with.

    Raises:
        Misuse: there is no such kind of store.
        BadForm: its file says something it cannot say.
    """
    if key not in PROFILES:
        raise Misuse(f"没有「{key}」这种门店，可以是：{'、'.join(PROFILES)}。")
    every_store = _read("forms/profiles/every_store.toml", desk)
    return profile_from_tables(
        every_store, _read(f"forms/profiles/{key}.toml", desk), f"{key}.toml"
    )


def profile_keys() -> tuple[str, ...]:
    """Return the keys of the kinds of store."""
    return PROFILES


def load_questionnaires(desk: Path | None = None) -> Questionnaires:
    """Return the shipped questionnaires and the desk's own, by id.

    Raises:
        BadForm: a file says something it cannot say.
    """
    own = desk / "forms" / "questionnaires" if desk else None
    names = dict.fromkeys(QUESTIONNAIRES)
    if own and own.is_dir():
        names.update(dict.fromkeys(sorted(path.stem for path in own.glob("*.toml"))))
    found = [_questionnaire(name, desk) for name in names]
    return {questionnaire.id: questionnaire for questionnaire in found}


def template(relative: str, desk: Path | None = None) -> Path:
    """Return the path of a template such as ``reports/daily.toml``.

    Raises:
        FileMissing: there is none of that name.
    """
    return _find(f"templates/{relative}", desk)


def report_layout(name: str, desk: Path | None = None) -> tuple[dict[str, object], Path]:
    """Return the layout of a report, such as ``daily``, as a plain table, and where it lies.

    Raises:
        FileMissing: there is none of that name.
        TemplateUnusable: it is no TOML.
    """
    path = template(f"reports/{name}.toml", desk)
    try:
        return tomllib.loads(path.read_text("utf-8-sig")), path
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateUnusable(path.name, f"的写法有误（{error}）") from None


def fonts_folder() -> Path:
    """Return the folder of the shipped fonts."""
    return shipped_folder() / "templates" / "fonts"


def forms_hash(desk: Path | None = None) -> str:
    """Return a hash that changes when any form does (the mirror re-reads its tables then)."""
    digest = sha256()
    for relative in _form_files():
        digest.update(_find(relative, desk).read_bytes())
        digest.update(b"\0")
    if desk and (desk / ALIASES).is_file():
        digest.update((desk / ALIASES).read_bytes())
    return digest.hexdigest()


def user_folder() -> Path:
    """Return this user's own folder for mirrors, keys and logs; never on a share.

    The variable ``STOREDESK_HOME`` names another one.
    """
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else user_data_path("StoreDesk", appauthor=False)


def shipped_folder(package: Path = Path(__file__).parent) -> Path:
    """Return the folder that holds the shipped ``forms/`` and ``templates/``.

    Args:
        package: the folder of the package ``storedesk``, wherever it is installed.
    """
    installed = package / "_shipped"
    return installed if installed.is_dir() else package.parent


def _form(ledger: str, desk: Path | None) -> Form:
    form = form_from_table(_read(f"forms/{ledger}.toml", desk), f"{ledger}.toml")
    if form.ledger != ledger:
        raise BadForm(f"{ledger}.toml: describes another ledger, {form.ledger!r}")
    return form


def _aliases(forms: Forms, desk: Path | None) -> Aliases:
    if desk is None or not (desk / ALIASES).is_file():
        return {}
    return aliases_from_table(_read(ALIASES, desk), forms, Path(ALIASES).name)


def _questionnaire(name: str, desk: Path | None) -> Questionnaire:
    return questionnaire_from_table(
        _read(f"forms/questionnaires/{name}.toml", desk), f"{name}.toml"
    )


def _form_files() -> Iterator[str]:
    return (f"forms/{ledger}.toml" for ledger in LEDGERS)


def _read(relative: str, desk: Path | None) -> dict[str, object]:
    path = _find(relative, desk)
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadForm(f"{path.name}: {error}") from None


def _find(relative: str, desk: Path | None) -> Path:
    folders = ([desk] if desk else []) + [shipped_folder()]
    for folder in folders:
        path = folder / relative
        if path.is_file():
            return path
    raise FileMissing(relative)
