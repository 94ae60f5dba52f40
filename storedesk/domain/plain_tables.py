"""Plain tables: what is read out of a parsed TOML file, with the place named when it is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storedesk.domain.errors import StoreDeskError

Table = Mapping[str, object]


class BadForm(StoreDeskError):
    """A form file says something it cannot say; the message names file, block and key."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"表单文件写得不对（{detail}）。"
            "请改正；若是门店文件夹「forms」里自己的文件，移走它就用回原来的表单。"
        )


def only(table: Table, known: frozenset[str], source: str) -> None:
    """Raise ``BadForm`` if the table has a key that is not known."""
    unknown = set(table) - known
    if unknown:
        raise BadForm(f"{source}: unknown key: {', '.join(sorted(unknown))}")


def text(table: Table, key: str, source: str) -> str:
    """Return a text that must be there, and not empty."""
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise BadForm(f"{source}: {key!r} is missing")
    return value


def texts(table: Table, key: str, source: str) -> tuple[str, ...]:
    """Return a list of texts, empty if the key is missing."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadForm(f"{source}: {key!r} must be a list of texts")
    return tuple(value)


def names(table: Table, key: str, source: str) -> dict[str, str]:
    """Return a table of texts by name, empty if the key is missing."""
    found = table.get(key, {})
    if not isinstance(found, Mapping) or not all(isinstance(one, str) for one in found.values()):
        raise BadForm(f"{source}: {key!r} must be a table of texts")
    return dict(found)


def tables(value: object, source: str) -> list[Table]:
    """Return a list of tables."""
    if not isinstance(value, Iterable) or not all(isinstance(one, Mapping) for one in value):
        raise BadForm(f"{source}: a list of tables is meant here")
    return [one for one in value if isinstance(one, Mapping)]


def number(table: Table, key: str) -> float | None:
    """Return a number, or None if there is none."""
    value = table.get(key)
    return float(value) if isinstance(value, int | float) else None
