from __future__ import annotations

from storedesk.domain.sheets import Fingerprint
from storedesk.mirror import Fate, KnownCopy, Mirror


def test_copies_are_known_until_they_are_gone(mirror: Mirror) -> None:
    one = KnownCopy("客户档案-冲突.xlsx", Fingerprint(1, 2, "a"), Fate.MERGED)
    other = KnownCopy("客户档案(1).xlsx", Fingerprint(3, 4, "b"), Fate.ASIDE, "没有合并")
    mirror.copies.note(one)
    mirror.copies.note(other)
    assert mirror.copies.all() == {other.name: other, one.name: one}
    changed = KnownCopy(one.name, Fingerprint(5, 6, "c"), Fate.UNREAD, "读不出来")
    mirror.copies.note(changed)
    mirror.copies.forget([other.name])
    assert mirror.copies.all() == {one.name: changed}


def test_copies_outlive_the_cache(mirror: Mirror) -> None:
    one = KnownCopy("客户档案-冲突.xlsx", Fingerprint(1, 2, "a"), Fate.MERGED)
    mirror.copies.note(one)
    mirror.empty()
    assert mirror.copies.all() == {one.name: one}
