"""Hypothesis strategies of the trade's values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from hypothesis import strategies as st

from storedesk.domain.values import Type, Value

DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
TEXTS = st.text(st.sampled_from("王李建国ab1 ０；、\n.-"), min_size=1, max_size=6).filter(str.strip)
PHONES = st.integers(13_000_000_000, 13_000_000_020).map(str)

BY_TYPE: Mapping[Type, st.SearchStrategy[Value]] = {
    Type.TEXT: TEXTS,
    Type.LONG_TEXT: TEXTS,
    Type.NUMBER: st.one_of(
        st.integers(-5, 5), st.floats(-9, 9).filter(lambda number: not number.is_integer())
    ),
    Type.MONEY: st.integers(-99, 999).map(lambda cents: cents / 100),
    Type.DATE: DAYS,
    Type.MOMENT: MOMENTS,
    Type.YES_NO: st.booleans(),
    Type.CHOICE: st.sampled_from(["个人", "单位"]),
    Type.CHOICES: st.sampled_from(["维修", "维修;补件", "退货"]),
    Type.PHONE: PHONES,
    Type.STAFF: st.sampled_from(["王芳", "林晓"]),
    Type.RECORD: st.sampled_from(["KH-20261114-A001", "KH-20261114-A002"]),
    Type.FILE: st.sampled_from(["附件/a.jpg", "附件/a.jpg;附件/b.jpg"]),
    Type.SIGNATURE: st.just("附件/签名.png"),
}
"""Canonical values of every type, few enough that equal ones meet."""

COLUMNS: Mapping[str, Type] = {f"{kind.value}_column": kind for kind in Type}

RECORDS: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {}, optional={key: BY_TYPE[kind] for key, kind in COLUMNS.items()}
)
