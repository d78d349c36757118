"""monitor.toml: what each key means, and what is said when one is wrong."""

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any, Literal, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from monitor.config.delivery import Delivery, check_delivery
from monitor.config.followup import FollowUpSettings, check_followup
from monitor.config.text_files import read_text
from monitor.config.web import WebSettings, check_web
from monitor.core.matching import check_search_word
from monitor.core.matching.watch import THRESHOLD
from monitor.core.text import clean_line
from monitor.core.urls import safe_url
from monitor.errors import ConfigError
from monitor.models import PlaceKind, SourceClass

SETTINGS_FILE = "monitor.toml"
LANGUAGES = ("sv", "en")
POSTS_DAYS = 30
"""How many days posts of private persons (blogs, forums, social media) are kept, unless the home says otherwise."""
NO_DECISION = 'no decision on retention is named. Write its number: [retention] decision = "KS 2026/118"'
_LEAST_CONTRAST = 6.0


class Crawl(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[crawl]`: how politely, and how much, the web is read."""

    contact: str = ""
    """Mail or web address in the user agent, so that a site's owner can reach the municipality."""
    delay: float = 2.0
    """Seconds between two requests to one host."""
    pages_per_source: int = 100
    """Pages fetched from one source in one run; the rest follow in the next runs, newest first."""
    timeout: float = 30.0
    """Seconds that one request may take in all."""
    allow_hosts: tuple[str, ...] = ()
    """`host:port` on a private or loopback address that may be fetched; all others are refused."""


class DigestSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[digest]`: the morning letter."""

    at: str = "06.30"
    """When the period of the letter ends, local time."""
    stories: int = 12
    """Stories shown in full; the rest are one line each."""
    also: int = 8
    """Lines under "also mentioned"; the rest are counted."""
    web: str = ""
    """Address under which `monitor serve` is reached from outside: for the letter's buttons and late cases, the feed of
    letters, and ending a mailing."""
    contact: str = ""
    """Whom readers may ask: a role with its mail address or telephone. Without it, `[crawl] contact` stands there."""
    colour: str = ""
    """The municipality's own colour for head and headings, "#rrggbb". White text must be legible on it."""
    watched: tuple[str, ...] = ()
    """Matters that the letter names each day, found or not: beginnings of words ("simhall" finds "simhallen")."""
    weekends: Literal["answer", "daily"] = "answer"
    """Saturdays and Sundays: a letter when something needs an answer, and Monday's covers three days; or daily."""


class Matching(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[matching]`: what counts as a mention."""

    require: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    kinds: tuple[PlaceKind, ...] = tuple(PlaceKind)
    threshold: float = THRESHOLD
    mute: tuple[str, ...] = ()
    """Rules of the matcher that do not count here, by their names in `monitor explain` and `monitor tune`."""


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[retention]`: how many days what is kept. After that, headline, link and quote remain (docs/dataskydd.md)."""

    decision: str = ""
    """Number of the municipality's decision on it; it stands beside each deletion in the log."""
    pages_days: int = 14
    text_days: int = 90
    """Texts of news."""
    class_days: dict[str, int] = msgspec.field(default_factory=dict)
    """Texts of one class of sources, when they are kept for another time. Citizens' posts go after `POSTS_DAYS`."""
    letters_days: int = 0
    """Letters, as files and as data; 0 keeps them: they are documents of the municipality's own."""
    polls_days: int = 90
    """What each poll of a source said. Its days are counted for three years, for the statistics."""

    def days_of(self, source_class: SourceClass) -> int:
        """Return how many days texts of a class are kept."""
        usual = min(self.text_days, POSTS_DAYS) if source_class.citizens else self.text_days
        return self.class_days.get(source_class.value, usual)


class Triage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[triage]`: what a story is to the municipality."""

    answer_days: int = 5
    """Working days that the municipality gives itself to answer a question."""
    own_hosts: tuple[str, ...] = ()
    """Hosts of the municipality's own channels, besides those of sources with class=own."""
    mute: tuple[str, ...] = ()
    """Keys of topics that are left out of the letter ("sport")."""


class Weight(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[weight]`: what adds to a story's weight, and how much (docs/stories.md)."""

    reach: float = 3.0
    sources: float = 2.0
    critical: float = 3.0
    mixed: float = 1.0
    positive: float = 1.0
    neutral: float = 0.0
    headline: float = 2.0
    lead: float = 1.0
    new: float = 2.0
    moved_up: float = 2.0
    floor: float = 0.0
    """A story under this weight is one line."""


class Discovery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[discovery]`: the search for sources that nobody has listed (docs/discovery.md). A person decides on each."""

    requests: int = 40
    """Requests that one run may make for it, robots.txt included; 0 turns it off."""
    per_day: int = 400
    """Requests in 24 hours, however often it runs."""
    per_site: int = 10
    """Requests to one host in one run."""
    weeks: int = 6
    """After how many weeks a site is tried again."""


class Settings(Delivery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """monitor.toml."""

    municipality: str
    code: str = ""
    organisation: str = ""
    names: tuple[str, ...] = ()
    time_zone: str = "Europe/Stockholm"
    language: str = "sv"
    crawl: Crawl = msgspec.field(default_factory=Crawl)
    digest: DigestSettings = msgspec.field(default_factory=DigestSettings)
    matching: Matching = msgspec.field(default_factory=Matching)
    retention: Retention = msgspec.field(default_factory=Retention)
    triage: Triage = msgspec.field(default_factory=Triage)
    weight: Weight = msgspec.field(default_factory=Weight)
    followup: FollowUpSettings = msgspec.field(default_factory=FollowUpSettings)
    discovery: Discovery = msgspec.field(default_factory=Discovery)
    web: WebSettings = msgspec.field(default_factory=WebSettings)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that the letter shows."""
        return ZoneInfo(self.time_zone)

    @property
    def sends_at(self) -> time:
        """`[digest] at` as a time of day."""
        hour, minute = re.split(r"[.:]", self.digest.at)
        return time(int(hour), int(minute))


def read_settings(path: Path) -> Settings:
    """Read monitor.toml. Raises ConfigError that names the key and what to do."""
    if not path.exists():
        what = "no such file. This folder is no home yet: make one with: monitor init MUNICIPALITY"
        raise ConfigError(path, "", what)
    return _to_settings(path, _read_toml(path))


def check_settings(path: Path, text: str) -> Settings:
    """Read the text that is to stand in monitor.toml. Raises ConfigError that names the key and what to do."""
    return _to_settings(path, tomllib.loads(text.replace("\r\n", "\n")))


def read_usable_settings(path: Path) -> tuple[Settings, ConfigError | None]:
    """Read monitor.toml without the parts that are wrong, and say what was the first of these: for the watchdog.

    Raises ConfigError when too little can be read.
    """
    raw = _read_toml(path)
    first: ConfigError | None = None
    while True:
        try:
            return _to_settings(path, raw), first
        except ConfigError as error:
            first = first or error
            key = re.split(r"[.\[]", error.where)[0]
            if key not in raw:
                raise
            del raw[key]


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"\(at (line \d+)", str(error))
        raise ConfigError(path, line[1] if line else "", f"not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(path, "", f"cannot be read: {error.strerror}") from error


def _to_settings(path: Path, raw: Mapping[str, Any]) -> Settings:
    try:
        settings = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        _explain(path, str(error))
    _check(path, settings)
    check_delivery(path, settings, settings.crawl.allow_hosts)
    check_web(path, settings.web, settings.digest.web)
    check_followup(path, settings.followup)
    return settings


def _explain(path: Path, error: str) -> NoReturn:
    """Turn msgspec's sentence with a JSON path into ours with a key."""
    what, _, where = error.partition(" - at `$")
    key = where.strip("`.")
    if match := re.search(r"unknown field `(.+?)`", what):
        key = f"{key}.{match[1]}" if key else match[1]
        what = "no such setting. Check the spelling, or remove the line"
    elif match := re.search(r"missing required field `(.+?)`", what):
        key = match[1]
        what = f'is missing. Write for example: {match[1]} = "Katrineholm"'
    raise ConfigError(path, key, what)


def _check(path: Path, settings: Settings) -> None:
    """Raise ConfigError where a value has the right type and still makes no sense."""
    _check_names(path, settings)
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        what = f'"{settings.time_zone}" is no time zone. Write for example: "Europe/Stockholm"'
        raise ConfigError(path, "time_zone", what) from error
    if settings.language not in LANGUAGES:
        raise ConfigError(path, "language", f'"{settings.language}" is not one of {", ".join(LANGUAGES)}')
    if not re.fullmatch(r"([01]?\d|2[0-3])[.:][0-5]\d", settings.digest.at):
        raise ConfigError(path, "digest.at", f'"{settings.digest.at}" is no time of day. Write for example: "06.30"')
    if settings.digest.web and not safe_url(settings.digest.web):
        raise ConfigError(path, "digest.web", f'"{settings.digest.web}" is no web address (http or https)')
    _check_colour(path, settings.digest.colour)
    for key, value, least in (
        ("crawl.delay", settings.crawl.delay, 0),
        ("crawl.pages_per_source", settings.crawl.pages_per_source, 1),
        ("crawl.timeout", settings.crawl.timeout, 1),
        ("digest.stories", settings.digest.stories, 1),
        ("digest.also", settings.digest.also, 0),
        ("retention.pages_days", settings.retention.pages_days, 1),
        ("retention.text_days", settings.retention.text_days, 1),
        ("retention.polls_days", settings.retention.polls_days, 1),
        ("retention.letters_days", settings.retention.letters_days, 0),
        *((f"retention.class_days.{name}", days, 1) for name, days in settings.retention.class_days.items()),
        ("triage.answer_days", settings.triage.answer_days, 1),
        ("discovery.requests", settings.discovery.requests, 0),
        ("discovery.per_day", settings.discovery.per_day, 0),
        ("discovery.per_site", settings.discovery.per_site, 1),
        ("discovery.weeks", settings.discovery.weeks, 1),
    ):
        if not least <= value < 1_000_000:
            raise ConfigError(path, key, f"{value} must be at least {least}")
    _check_retention(path, settings.retention)
    for host in settings.crawl.allow_hosts:
        if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^\s:/@]+):\d{1,5}", host):
            raise ConfigError(
                path, "crawl.allow_hosts", f'"{host}" is not host:port. Write for example: "127.0.0.1:8900"'
            )


def _check_retention(path: Path, retention: Retention) -> None:
    classes = [one.value for one in SourceClass]
    for name in retention.class_days:
        if name not in classes:
            what = f'"{clean_line(name, 40)}" is no class of sources. There are: {", ".join(classes)}'
            raise ConfigError(path, "retention.class_days", what)
    if retention.decision != clean_line(retention.decision, 80):
        raise ConfigError(path, "retention.decision", 'is no number. Write for example: "KS 2026/118"')


def _check_names(path: Path, settings: Settings) -> None:
    if not settings.municipality.strip():
        raise ConfigError(path, "municipality", "is empty: write the name of the municipality")
    for key, words in (("names", settings.names), ("matching.require", settings.matching.require)):
        for word in words:
            if refused := check_search_word(word):
                raise ConfigError(path, key, refused.reason)


def _check_colour(path: Path, colour: str) -> None:
    """Raise ConfigError for a colour on which the head's pale text cannot be read (WCAG 2.2, 1.4.3)."""
    if not colour:
        return
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ConfigError(
            path, "digest.colour", f'"{clean_line(colour, 40)}" is no colour. Write for example: "#12384a"'
        )
    if (contrast := contrast_to_white(colour)) < _LEAST_CONTRAST:
        what = f"white text cannot be read well on {colour} (contrast {contrast:.1f}; {_LEAST_CONTRAST} is needed)"
        raise ConfigError(path, "digest.colour", f"{what}. Take a darker colour")


def contrast_to_white(colour: str) -> float:
    """Return the contrast of "#rrggbb" to white: 1 to 21 (WCAG 2.2, relative luminance)."""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
