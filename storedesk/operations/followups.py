"""Follow-up calls: recording a result, answers and an opinion; answering opinions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storedesk.domain.changes import Change, Edit
from storedesk.domain.errors import Misuse, UnknownRecord
from storedesk.domain.ledgers import followups as states
from storedesk.domain.ledgers.customers import Customer
from storedesk.domain.questionnaires import Answer, Item, Questionnaire
from storedesk.domain.records import Record
from storedesk.domain.rules import results, retry
from storedesk.domain.rules.results import Result
from storedesk.domain.rules.retry import Attempt, Calling, NextStep
from storedesk.domain.select import Equal, Select
from storedesk.domain.values import Type, Unreadable, Value, canonical, unseen_in
from storedesk.operations import entries, writing
from storedesk.operations.desk import Desk

_ANSWER_RULE = "R12"
_ANSWER_DAYS = 2
"""An opinion is answered within two working days (domain.md S0-09), unless R12 says otherwise."""
_LOW = 2


@dataclass(frozen=True, slots=True)
class CallLogged:
    """What recording a call did.

    Attributes:
        followup: the follow-up as it is now.
        issue: id of the opinion that was opened, or an empty text.
        next_step: what comes next, with advice.
        remarks: sentences worth a look; nothing was refused.
    """

    change: Change
    followup: Record
    issue: str
    answer_due: datetime | None
    next_step: NextStep
    sentence: str
    remarks: tuple[str, ...] = ()


def questionnaire_for(desk: Desk, followup_id: str) -> Questionnaire:
    """Return the questionnaire of a follow-up.

    Raises:
        UnknownRecord: there is no such follow-up.
        Misuse: it has no questionnaire.
    """
    followup = _followup(desk, followup_id)
    found = desk.questionnaires.get(followup.text("questionnaire"))
    if found is None:
        raise Misuse(f"「{followup_id}」没有问卷，只登记结果就可以。")
    return found


def log_call(  # noqa: PLR0913  # what a person says about one call
    desk: Desk,
    followup_id: str,
    result: str,
    *,
    by: str,
    answers: Mapping[str, str] | None = None,
    opinion: str = "",
    note: str = "",
    appointed_at: datetime | None = None,
    channel: str = "电话",
    seconds: int | None = None,
    phone: str = "",
) -> CallLogged:
    """Record one attempt to call, with what was answered and said.

    In one operation: the attempt, the answers, an opinion with its limits, and the follow-up's new
    state (domain.md §5.4–5.5).

    Raises:
        UnknownRecord: there is no such follow-up.
        Misuse: unknown result or question, or an answer the question does not have.
        Refused: the follow-up has ended already and is not called again.
    """
    followup = _followup(desk, followup_id)
    meant = results.result_of(result)
    if meant is None:
        raise Misuse(
            f"没有「{result}」这种结果。可选：{'、'.join(r.name for r in results.RESULTS)}。"
        )
    if followup.text("status") in (states.COMPLETED, states.FAILED):
        done = followup.moment("done_at")
        when = f"（{done:%m-%d %H:%M}）" if done else ""
        raise Misuse(f"「{followup_id}」已经登记过结果{when}，要改请直接修改这一条。")
    entries.check_typed(desk.forms["followups"], {"opinion": opinion})
    entries.check_typed(desk.forms["call_attempts"], {"note": note})
    read = _read_answers(desk, followup, answers or {})
    with desk.mirror.transaction():
        return _Call(desk, followup, meant, by, channel).log(
            read, opinion.strip(), note, appointed_at, seconds, phone
        )


def answer_issue(  # what is recorded of an answer
    desk: Desk, issue_id: str, answer: str, *, by: str, via: str = "电话", verdict: str = ""
) -> Change:
    """Record the answer given to a customer's opinion.

    Raises:
        UnknownRecord: there is no such opinion.
        Misuse: no answer was written.
    """
    if desk.mirror.get("issues", issue_id) is None:
        raise UnknownRecord(issue_id)
    if not answer.strip():
        raise Misuse("请写上是怎么答复客户的。")
    entries.check_typed(desk.forms["issues"], {"answer": answer})
    now = _minute(desk)
    values: dict[str, Value] = {
        "answer": answer.strip(),
        "answered_at": now,
        "answer_via": via,
        "verdict": verdict or None,
        "status": "已答复",
    }
    return writing.write(desk, (Edit("issues", issue_id, values),), by=by, note="answer issue")


def reschedule(desk: Desk, followup_id: str, appointed_at: datetime, *, by: str) -> Change:
    """Set the time a customer asked to be called at, without a call."""
    _followup(desk, followup_id)
    values: dict[str, Value] = {
        "appointed_at": appointed_at,
        "next_try_at": appointed_at,
        "status": states.POSTPONED,
    }
    edit = Edit("followups", followup_id, values)
    return writing.write(desk, (edit,), by=by, note="reschedule follow-up")


def skip(desk: Desk, followup_id: str, reason: str, *, by: str) -> Change:
    """End a follow-up without a call, with the reason (免访).

    Raises:
        Misuse: no reason was given.
    """
    _followup(desk, followup_id)
    if not reason.strip():
        raise Misuse("请写上免访的原因。")
    entries.check_typed(desk.forms["followups"], {"skip_reason": reason})
    values: dict[str, Value] = {
        "status": states.SKIPPED,
        "outcome": states.SKIPPED,
        "skip_reason": reason.strip(),
        "done_at": _minute(desk),
    }
    edit = Edit("followups", followup_id, values)
    return writing.write(desk, (edit,), by=by, note="skip follow-up")


def call_hint(desk: Desk, followup_id: str) -> str:
    """Return why now is not the moment to call this customer, or an empty text."""
    followup = _followup(desk, followup_id)
    customer = desk.mirror.get("customers", followup.text("customer"))
    preferred = customer.parts("preferred_time") if customer else ()
    advice = desk.settings.window.for_customer(preferred).advice(
        desk.clock.now(), desk.settings.calendar
    )
    return advice.sentence if advice else ""


@dataclass
class _Call:
    """One call being recorded."""

    desk: Desk
    followup: Record
    result: Result
    by: str
    channel: str

    def log(  # as log_call
        self,
        answers: Mapping[Item, Value],
        opinion: str,
        note: str,
        appointed_at: datetime | None,
        seconds: int | None,
        phone: str,
    ) -> CallLogged:
        now = _minute(self.desk)
        customer = self.desk.mirror.get("customers", self.followup.text("customer"))
        number = (
            phone or self.followup.text("phone") or (customer.text("phone") if customer else "")
        )
        before = self._attempts()
        attempt = Attempt(now, self.result, self.channel, number, appointed_at)
        step = retry.after(
            [*retry.attempts_from(before), attempt], now, self._calling(customer, answers)
        )
        edits = [self._attempt_edit(len(before) + 1, number, note, appointed_at, seconds)]
        edits += [self._answer_edit(item, value) for item, value in answers.items()]
        opinion = opinion or _opinion_in(answers)
        issue = self._issue_edit(opinion, now) if opinion else None
        edits += [issue] if issue else []
        edits.append(self._followup_edit(step, answers, opinion, now))
        change = writing.write(self.desk, edits, by=self.by, note="log call")
        followup = self.desk.mirror.get("followups", self.followup.id) or self.followup
        due = issue.values.get("answer_due") if issue else None
        return CallLogged(
            change,
            followup,
            issue.record if issue else "",
            due if isinstance(due, datetime) else None,
            step,
            self._sentence(step, due if isinstance(due, datetime) else None),
            self._remarks(answers, change),
        )

    def _attempts(self) -> list[Record]:
        where = (Equal("followup", self.followup.id),)
        return self.desk.mirror.select(Select("call_attempts", where, ("at",)))

    def _calling(self, customer: Record | None, answers: Mapping[Item, Value]) -> Calling:
        view = Customer(customer) if customer else None
        filled = {item.column for item in answers}
        settings = self.desk.settings
        return Calling(
            window=settings.window.for_customer(view.preferred_time if view else ()),
            calendar=settings.calendar,
            limits=settings.limits,
            spare_phone=view.alt_phone if view else "",
            answered={"overall", "solved"} <= filled,
        )

    def _attempt_edit(
        self,
        sequence: int,
        number: str,
        note: str,
        appointed_at: datetime | None,
        seconds: int | None,
    ) -> Edit:
        values: dict[str, Value] = {
            "followup": self.followup.id,
            "sequence": sequence,
            "at": _minute(self.desk),
            "by": self.by,
            "phone": number or None,
            "channel": self.channel,
            "result": self.result.name,
            "seconds": seconds,
            "appointed_at": appointed_at,
            "note": note or None,
        }
        return entries.new_record(self.desk, "call_attempts", values, self.by)

    def _answer_edit(self, item: Item, value: Value) -> Edit:
        values: dict[str, Value] = {
            "followup": self.followup.id,
            "questionnaire": self.followup["questionnaire"],
            "item": item.number,
            "title": item.title,
            "value": str(value),
        }
        return entries.new_record(self.desk, "answers", values, self.by)

    def _issue_edit(self, opinion: str, now: datetime) -> Edit:
        """Open an opinion: judged by 法定工作日, reminded by 门店营业日 (shop.md §3)."""
        settings = self.desk.settings
        calendar = settings.calendar
        rule = settings.rules.get(_ANSWER_RULE)
        days = rule.due_days if rule else _ANSWER_DAYS
        values: dict[str, Value] = {
            "followup": self.followup.id,
            "customer": self.followup["customer"],
            "customer_name": self.followup["customer_name"],
            "phone": self.followup["phone"],
            "product": self.followup["product"],
            "raised_at": now,
            "content": opinion,
            "owner": self.by,
            "answer_due": calendar.answer_limit(now.date(), days, settings.answer_basis),
            "remind_due": calendar.answer_limit(now.date(), days, settings.remind_basis),
        }
        return entries.new_record(self.desk, "issues", values, self.by)

    def _followup_edit(
        self, step: NextStep, answers: Mapping[Item, Value], opinion: str, now: datetime
    ) -> Edit:
        ended = bool(step.outcome)
        values: dict[str, Value] = {
            "status": step.status,
            "outcome": step.outcome or None,
            "fail_reason": step.fail_reason or None,
            "next_try_at": step.next_try_at,
            "appointed_at": step.appointed_at,
            "done_at": now if ended else None,
            "caller": self.by,
        }
        if step.outcome in (results.SUCCESS.name, results.PARTIAL.name):
            questionnaire = self.desk.questionnaires.get(self.followup.text("questionnaire"))
            values["questionnaire_version"] = questionnaire.version if questionnaire else None
            values["complained"] = any(_is_trouble(i, v) for i, v in answers.items())
        values |= self._columns(answers)
        if opinion:
            values["opinion"] = opinion
        known = {key: value for key, value in values.items() if self.followup[key] != value}
        return Edit("followups", self.followup.id, known)

    def _columns(self, answers: Mapping[Item, Value]) -> dict[str, Value]:
        """Return the follow-up's own columns that answers fill."""
        form = self.desk.forms["followups"]
        found: dict[str, Value] = {}
        for item, value in answers.items():
            column = form.by_key.get(item.column)
            if column is None:
                continue
            if column.type is Type.YES_NO:
                found[column.key] = value not in item.trouble
            else:
                found[column.key] = canonical(value, column.type)
        return found

    def _sentence(self, step: NextStep, due: datetime | None) -> str:
        name = self.followup.text("customer_name")
        head = f"已登记：{name}，{results.shown_with_channel(self.result, self.channel)}。"
        if due:
            head += f"客户意见已建档，请在 {due:%m-%d %H:%M} 前答复（2 个工作日）。"
        return head + step.advice

    def _remarks(self, answers: Mapping[Item, Value], change: Change) -> tuple[str, ...]:
        """Return what is worth a look: own customers, trouble without words."""
        found = [problem.sentence() for problem in change.problems]
        if self.by in (self.followup.text("sales_owner"), self.followup.text("worker")):
            found.append(f"{self.by}是这一单的经手人，回访由别人打更好；已照常登记，日报上会注明")
        low = [item.number for item, value in answers.items() if _is_trouble(item, value)]
        if low:
            found.append(f"{'、'.join(low)} 客户不满意，请 24 小时内由主管回电")
        return tuple(dict.fromkeys(found))


def _read_answers(desk: Desk, followup: Record, answers: Mapping[str, str]) -> dict[Item, Value]:
    if not answers:
        return {}
    questionnaire = questionnaire_for(desk, followup.id)
    found: dict[Item, Value] = {}
    for number, text in answers.items():
        item = questionnaire.item(number)
        if item is None:
            known = "、".join(item.number for item in questionnaire.items)
            raise Misuse(f"问卷 {questionnaire.id} 没有 {number} 这一题。有：{known}。")
        found[item] = _answer(item, text)
    return found


def _answer(item: Item, text: str) -> Value:
    top = {Answer.SCORE: 5, Answer.RECOMMEND: 10}.get(item.answer)
    if top is not None:
        try:
            score = canonical(text, Type.NUMBER)
        except Unreadable:
            score = None
        if not isinstance(score, int) or not 0 <= score <= top:
            raise Misuse(f"{item.number}「{item.title}」应填 0–{top} 的整数，不是「{text}」。")
        return score
    if item.answer is Answer.CHOICE:
        chosen = next((o for o in item.options if o == text.strip()), None)
        if chosen is None:
            raise Misuse(f"{item.number}「{item.title}」可选：{'、'.join(item.options)}。")
        return chosen
    if sign := unseen_in(text.strip(), lines=True):
        raise Misuse(f"{item.number}「{item.title}」里有{sign}，请去掉再试。")
    return text.strip()


def _is_trouble(item: Item, value: Value) -> bool:
    if item.answer is Answer.SCORE:
        return isinstance(value, int) and 0 < value <= _LOW
    return value in item.trouble


def _opinion_in(answers: Mapping[Item, Value]) -> str:
    said = [str(value) for item, value in answers.items() if item.column == "opinion" and value]
    return said[0] if said else ""


def _followup(desk: Desk, followup_id: str) -> Record:
    found = desk.mirror.get("followups", followup_id)
    if found is None:
        raise UnknownRecord(followup_id)
    return found


def _minute(desk: Desk) -> datetime:
    return desk.clock.now().replace(second=0, microsecond=0)
