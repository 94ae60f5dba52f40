"""The settings of a desk, read from the mirror of 门店设置.xlsx."""

from __future__ import annotations

from storedesk.domain.profiles import Profile
from storedesk.domain.select import Select
from storedesk.domain.settings import Settings
from storedesk.domain.settings_sheet import settings_from
from storedesk.mirror import Mirror
from storedesk.operations.calendars import statutory_calendar
from storedesk.workbooks.options import STAFF_LIST

LEDGERS = ("store_info", "staff", "followup_rules", "choices", "calendar")


def load_settings(mirror: Mirror, profile: Profile) -> Settings:
    """Return what 门店设置 says; what it does not say comes from the profile."""
    records = {ledger: mirror.select(Select(ledger)) for ledger in LEDGERS}
    return settings_from(records, statutory_calendar(), profile)


def offered_lists(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return what the drop-downs of a workbook should offer now."""
    names = tuple(person.name for person in settings.active_staff())
    return {**settings.choices, STAFF_LIST: names}
