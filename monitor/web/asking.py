"""What is asked of the archive, as it stands in an address: every view is a link that can be mailed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from monitor.core.search import Query, Unclear, read_query
from monitor.models import PlaceKind, Source, SourceClass, Tone
from monitor.store.archive import Order, Wish

_LONGEST = 400
_MOST_PAGES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The fields of the archive's address, under their Swedish names. "" asks for anything."""

    q: str = ""
    kalla: str = ""
    klass: str = ""
    amne: str = ""
    enhet: str = ""
    ort: str = ""
    slag: str = ""
    manad: str = ""
    ton: str = ""
    om: str = ""
    sort: str = ""
    sida: int = 1

    @property
    def query(self) -> Query | Unclear | None:
        """The words asked for; None when there are none, a reason when they cannot be looked for."""
        return read_query(self.q) if self.q.strip() else None

    @property
    def order(self) -> Order:
        """Newest first unless the best are asked for."""
        return Order.BEST if self.sort == "bast" else Order.NEWEST

    @property
    def chosen(self) -> dict[str, str]:
        """The facets that narrow the hits."""
        return {name: getattr(self, name) for name in FACETS if getattr(self, name)}

    def address(self, path: str = "/arkiv", **changes: object) -> str:
        """Return the address of this view, or of one with `changes`, which begins at its first page."""
        other = replace(self, **{"sida": 1} | changes) if changes else self  # type: ignore[arg-type]  # its own fields
        standard = Asked()
        pairs = [(f.name, str(getattr(other, f.name))) for f in fields(other)]
        asked = [(name, value) for name, value in pairs if value != str(getattr(standard, name))]
        return f"{path}?{urlencode(asked)}" if asked else path


FACETS = ("om", "klass", "kalla", "amne", "enhet", "ort", "slag", "ton", "manad")


def read_asked(params: Mapping[str, str]) -> Asked:
    """Return what an address asks for. What it cannot mean is left out."""
    values: dict[str, str] = {name: params.get(name, "").strip()[:_LONGEST] for name in FACETS}
    known = {
        "klass": {item.value for item in SourceClass},
        "slag": {item.value for item in PlaceKind},
        "ton": {item.value for item in Tone},
        "om": {"kommunen", "forbigaende"},
    }
    values |= {name: "" for name, choices in known.items() if values[name] not in choices}
    if month_of(values["manad"], ZoneInfo("UTC")) is None:
        values["manad"] = ""
    page = params.get("sida", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Asked(
        q=params.get("q", "").replace("\0", " "),
        sort="bast" if params.get("sort") == "bast" else "",
        sida=min(max(number, 1), _MOST_PAGES),
        **values,
    )


def month_of(text: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return when the month "2026-11" begins and ends in a time zone; None when `text` is no month."""
    year, _, month = text.partition("-")
    if not (len(text) == 7 and text.isascii() and year.isdigit() and month.isdigit()):
        return None
    if not (1970 <= int(year) <= 2200 and 1 <= int(month) <= 12):
        return None
    return datetime(int(year), int(month), 1, tzinfo=zone), next_month(datetime(int(year), int(month), 1, tzinfo=zone))


def next_month(start: datetime) -> datetime:
    """Return when the month after that of `start` begins."""
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def wish_of(asked: Asked, query: Query | None, sources: Mapping[str, Source], zone: ZoneInfo) -> Wish:
    """Return the question to the store. A class is the set of sources that feeds.txt gives it."""
    since, until = month_of(asked.manad, zone) or (None, None)
    return Wish(
        query=query,
        sources=_sources(asked, sources),
        without_sources=_named(sources) if asked.klass == SourceClass.OTHER and not asked.kalla else frozenset(),
        topic=asked.amne,
        unit=asked.enhet,
        place=asked.ort,
        place_kind=PlaceKind(asked.slag) if asked.slag else None,
        tone=Tone(asked.ton) if asked.ton else None,
        about=asked.om == "kommunen" if asked.om else None,
        since=since,
        until=until,
    )


def _sources(asked: Asked, sources: Mapping[str, Source]) -> frozenset[str] | None:
    if asked.kalla:
        known = sources.get(asked.kalla)
        own_class = known.source_class if known else SourceClass.OTHER
        return frozenset({asked.kalla}) if asked.klass in {"", own_class.value} else frozenset()
    if not asked.klass or asked.klass == SourceClass.OTHER:
        return None
    return frozenset(url for url, source in sources.items() if source.source_class.value == asked.klass)


def _named(sources: Mapping[str, Source]) -> frozenset[str]:
    """Return the sources that have a class: what is left is "other", and what feeds.txt no longer names."""
    return frozenset(url for url, source in sources.items() if source.source_class is not SourceClass.OTHER)
