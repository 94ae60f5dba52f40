"""Rows of lists of things: parts with their opening stock, and ledgers that stand alone."""

from __future__ import annotations

from dataclasses import dataclass

from storedesk.domain.problems import Kind, Problem
from storedesk.domain.values import Value, text_of
from storedesk.operations.importing import derive
from storedesk.operations.importing.drafts import Draft
from storedesk.operations.importing.known import Entry
from storedesk.operations.importing.places import Place, Placed, Trace, told_of, unmet

_PART_DECISIVE = ("name", "spec")


@dataclass(frozen=True)
class PartPlacer:
    """Parts; what the list says is in stock becomes one opening move of a new part."""

    at: Place

    def refusal(self, draft: Draft) -> str:
        """A part needs a name."""
        lacking = unmet(self.at.form(), told_of(draft, "parts"))
        return f"没有{'、'.join(lacking)}" if lacking else ""

    def place(self, draft: Draft) -> Placed:
        """Find or begin the part, then its stock."""
        trace = Trace()
        told = told_of(draft, "parts")
        code = told.pop("id", None)
        entry = self._known_part(code, told, draft)
        if entry is None:
            own_code = self._free_code(code, draft)
            entry = self.at.begin("parts", {**told, "id": own_code}, {}, trace)
        else:
            self.at.complete(entry, told, draft, trace)
        self.at.settle(entry, told, draft)
        self._stock(entry, draft, trace)
        self.at.keep_remark(entry, draft, trace)
        return trace.placed("parts")

    def _known_part(self, code: Value, told: dict[str, Value], draft: Draft) -> Entry | None:
        """Return the part of this code; without a code, the one of this name.

        A part of the store is known by its code alone. In one list the same code may stand for
        several things (sizes of one article), so there name and spec must agree as well.
        """
        known = self.at.known
        coded = self._with_code(code)
        stored = next((part for part in coded if part.existing and not part.met), None)
        if stored:
            return stored
        named = [] if code else known.holding("parts", "name", told.get("name"))
        return self.at.seek("parts", [*coded, *named], told, draft, _PART_DECISIVE)

    def _with_code(self, code: Value) -> list[Entry]:
        if not isinstance(code, str):
            return []
        stored = self.at.known.by_id("parts", code)
        begun = self.at.known.holding("parts", "id", code)
        return list(dict.fromkeys([*([stored] if stored else []), *begun]))

    def _free_code(self, code: Value, draft: Draft) -> Value:
        """Return the code of a new part; None if another one has it, which is listed."""
        if not self._with_code(code):
            return code
        label = self.at.form()["id"].label
        draft.notes.append(f"{label}：{code}")
        what = f"第 {draft.row} 行的{label}「{code}」已经是另一种配件的，这一行另编了号"
        draft.problems.append(
            Problem(Kind.DUPLICATE_ID, what, "原编码在备注里", sheet=draft.sheet, ledger="parts")
        )
        return None

    def _stock(self, part: Entry, draft: Draft, trace: Trace) -> None:
        told = told_of(draft, "stock_moves")
        quantity = told.get("quantity")
        if not isinstance(quantity, int | float) or quantity == 0:
            return
        moves = self.at.known.children("stock_moves", "part", part)
        if not moves:
            copies = {key: part.values.get(key) for key in ("spec", "unit")}
            opening: dict[str, Value] = {
                **copies,
                "part_name": part.values.get("name"),
                "unit_price": part.values.get("cost"),
                "kind": derive.OPENING,
                "at": self.at.at.replace(second=0, microsecond=0),
                "quantity": quantity,
            }
            self.at.begin("stock_moves", opening, {"part": part}, trace)
        elif not any(move.values.get("quantity") == quantity for move in moves):
            what = f"第 {draft.row} 行的库存 {text_of(quantity)} 没有导入，这个配件已有出入库流水"
            hint = "数量不符请用盘点"
            draft.problems.append(
                Problem(Kind.CONFLICT, what, hint, sheet=draft.sheet, ledger="stock_moves")
            )


@dataclass(frozen=True)
class PlainPlacer:
    """Ledgers that refer to no customer, such as 员工."""

    at: Place

    def refusal(self, draft: Draft) -> str:
        """A record needs what its form says."""
        lacking = unmet(self.at.form(), told_of(draft, self.at.ledger))
        return f"没有{'、'.join(lacking)}" if lacking else ""

    def place(self, draft: Draft) -> Placed:
        """Find or begin the record."""
        trace, form = Trace(), self.at.form()
        told = told_of(draft, self.at.ledger)
        naming = [
            column.key for column in form.columns if column.unique or column.key == form.title
        ]
        candidates = [
            entry
            for key in naming
            for entry in self.at.known.holding(self.at.ledger, key, told.get(key))
        ]
        entry = self.at.seek(self.at.ledger, candidates, told, draft, naming)
        if entry is None:
            entry = self.at.begin(self.at.ledger, told, {}, trace)
        else:
            self.at.complete(entry, told, draft, trace)
        self.at.settle(entry, told, draft)
        self.at.keep_remark(entry, draft, trace)
        return trace.placed(self.at.ledger)
