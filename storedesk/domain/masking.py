"""Masking of personal data on what leaves the store (domain.md §13.2).

Inside the store numbers are whole (shop.md §3); PDFs, exports and prints that leave it are masked.
"""

from __future__ import annotations

import re

from storedesk.domain.values import half_width

_PLATES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_COMPOUND_SURNAMES = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|"
    "公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐"
)
_TITLES = ("先生", "女士", "小姐", "太太", "阿姨", "叔叔", "老师", "师傅")
_FIRM = "单位"
_PLATE_SHOWN = 4
_NUMBER_SHOWN = 6

_GAP = r"[\s\-‐-―－.·]?"
_MOBILE_DIGITS = _GAP.join([r"1", r"[3-9]", *[r"\d"] * 9])
_MOBILE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?{_MOBILE_DIGITS}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?P<area>0\d{2,3})[\s\-－]?(?P<number>[2-8]\d{6,7})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_VIN = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-HJ-NPR-Za-hj-npr-z0-9]{17}(?![A-Za-z0-9])"
)
_PLATE = re.compile(rf"[{_PLATES}][A-Za-z][·•.\s]?[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}(?![A-Za-z0-9])")
_ESTATE = re.compile(r"^.*?(?:花园|小区|新村|家园|公寓|广场|苑|村|庄|路|街|镇)")
_HOUSE = re.compile(r"\d|[一二三四五六七八九十]+(?=[号栋幢座单层楼室])")


def mask_phone(phone: str) -> str:
    """Return a mobile as 138****5678, a landline as 0515-****12, anything else all but the end."""
    plain = half_width(phone).strip()
    digits = re.sub(r"\D", "", plain)
    mobile = re.fullmatch(r"(?:86)?(1[3-9]\d{9})", digits)
    if mobile:
        return f"{mobile[1][:3]}****{mobile[1][-4:]}"
    landline = _LANDLINE.search(plain)
    if landline:
        return f"{landline['area']}-****{landline['number'][-2:]}"
    return f"****{digits[-2:]}" if digits else ""


def mask_name(name: str, salutation: str = "", kind: str = "") -> str:
    """Return a person as 王先生, or 王** without a salutation; a firm in full.

    Args:
        name: as recorded.
        salutation: 称呼 such as 先生; others than 先生 and 女士 are not used.
        kind: 客户类型; 单位 is a firm.
    """
    plain = name.strip()
    if not plain or kind == _FIRM:
        return plain
    compound = _COMPOUND_SURNAMES.match(plain)
    surname = compound[0] if compound and compound[0] != plain else plain[0]
    if salutation in _TITLES:
        return surname + salutation
    title = next((one for one in _TITLES if plain.endswith(one) and plain != one), "")
    return surname + (title or "**")


def mask_address(address: str) -> str:
    """Return an address down to its community: 亭湖区学府花园***."""
    plain = address.strip()
    house = _HOUSE.search(plain)
    estate = _ESTATE.search(plain)
    kept = plain[: house.start()] if house else (estate[0] if estate else "")
    return f"{kept}***" if plain else ""


def mask_plate(plate: str) -> str:
    """Return a plate with its first two and last two signs: 苏J**23."""
    plain = re.sub(r"[\s·•.]", "", half_width(plate))
    return f"{plain[:2]}**{plain[-2:]}" if len(plain) > _PLATE_SHOWN else "**"


def mask_number(number: str) -> str:
    """Return a VIN or serial number with its last six signs: ***123456."""
    plain = half_width(number).strip()
    return f"***{plain[-_NUMBER_SHOWN:]}" if len(plain) > _NUMBER_SHOWN else "***"


def mask_text(text: str) -> str:
    """Return free text with the phones, plates, VINs and identity numbers in it masked.

    Full-width digits and numbers written with gaps are found too. Names are not.
    """
    masked = _IDENTITY.sub(lambda found: f"***{found[0][-2:]}", _digits_half_width(text))
    masked = _VIN.sub(lambda found: mask_number(found[0]), masked)
    masked = _MOBILE.sub(lambda found: mask_phone(found[0]), masked)
    masked = _LANDLINE.sub(lambda found: mask_phone(found[0]), masked)
    return _PLATE.sub(lambda found: mask_plate(found[0]), masked)


def _digits_half_width(text: str) -> str:
    """Make digits and letters ordinary and leave Chinese punctuation as it is."""
    return re.sub(r"[０-９Ａ-Ｚａ-ｚ]", lambda found: half_width(found[0]), text)
