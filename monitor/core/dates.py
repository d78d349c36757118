"""Times as feeds and pages write them, in English or Swedish, into aware UTC.

Feed libraries fill gaps with the machine's clock and zone; here the same text always gives the same time.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

EARLIEST_YEAR = 1990
LATEST_YEAR = 2100
MAX_RAW = 100
"""Characters that are kept of a date as it is written, believed or not."""
MAX_AHEAD = timedelta(hours=48)
"""How far ahead of now a date may lie: clocks and zones are wrong by hours, not by weeks."""

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "maj": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10,
    "okt": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_HOURS_FROM_UTC = {
    "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1, "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
}  # fmt: skip

_WEEKDAY = r"(?:[^\W\d_]+\.?(?:, ?| ))?(?:den )?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?,?"
_FORMS = (
    # 2026-11-23T14:10:00+01:00, 2026-11-23 14:10, 20261123T141000Z, 2026-11-23
    re.compile(r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)(?P<rest>(?:[t +z-].*)?)"),
    # Mon, 23 Nov 2026 14:10:00 +0100; måndag den 23 november 2026 kl. 14.10; 23-Nov-26
    re.compile(rf"{_WEEKDAY}(?P<day>\d\d?)[ .-]+{_MONTH}[ -]+(?P<year>\d{{4}}|\d\d)\b(?P<rest>.*)"),
    # Mon Nov 23 14:10:00 CET 2026; November 23, 2026 2:10 pm
    re.compile(rf"{_WEEKDAY}{_MONTH} (?P<day>\d\d?)(?P<between>,? .*?)\b(?P<year>\d{{4}})\b(?P<rest>.*)"),
)
_TIME = re.compile(r"(?<![\d+-])(\d\d?)[:.]?(\d\d)(?:[:.]?(\d\d))?(?:[.,]\d+)?(?: ?([ap])\.?m\b)?")
_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)?\b")
_ZONE_NAME = re.compile(r"[a-z]+")


def read_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment that `text` writes, or None. `zone` holds where it names none; a bare date is its midnight."""
    text = " ".join(text[:100].lower().split())
    for form in _FORMS:
        if found := form.fullmatch(text):
            try:
                return _build(found.groupdict(), zone)
            except (ValueError, OverflowError):  # no such day, or before the first year once it is in UTC
                return None
    return None


def plausible(moment: datetime | None, now: datetime | None = None) -> datetime | None:
    """Return `moment` if something can have been published then, else None."""
    if moment is None or not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        return None
    return None if now and moment > now + MAX_AHEAD else moment


def _build(part: dict[str, str | None], zone: tzinfo) -> datetime:
    month, year = part["month"] or "", int(part["year"] or "")
    number = int(month) if month.isdecimal() else _MONTHS.get(month[:3], 0)
    if len(part["year"] or "") == 2:
        year += 2000 if year < 90 else 1900
    clock = f"{part.get('between') or ''} {part['rest']}"
    hour = minute = second = 0
    if time := _TIME.search(clock):
        hour, minute, second = (
            int(time[1]),
            int(time[2]),
            min(int(time[3] or 0), 59),
        )  # a leap second counts as the 59th
        if time[4]:
            hour = hour % 12 + (12 if time[4] == "p" else 0)
        clock = clock[time.end() :]
    moment = datetime(year, number, int(part["day"] or ""), hour, minute, second, tzinfo=_zone(clock) or zone)
    return moment.astimezone(UTC)


def _zone(text: str) -> tzinfo | None:
    """Return the zone that stands after the time, or None."""
    if offset := _OFFSET.search(text):
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(ahead if offset[1] == "+" else -ahead)
    names = (_HOURS_FROM_UTC.get(name) for name in _ZONE_NAME.findall(text))
    hours = next((hours for hours in names if hours is not None), None)
    return None if hours is None else timezone(timedelta(hours=hours))
