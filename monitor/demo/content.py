"""What the miniature web says: one TOML file for each site in `sites/`, and what a run must make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from monitor.demo.addresses import Addresses
from monitor.models import SourceClass

STOCKHOLM = ZoneInfo("Europe/Stockholm")

Expect = Literal["story", "passing", "named_after", "no"]
"""What an article is to the municipality: about it, naming it in passing or what bears its name, or nothing."""

Feed = Literal[
    "rss", "rss-full", "rss091", "atom", "rdf", "json", "sitemap", "listing", "mastodon", "bluesky", "youtube", "inbox"
]
"""How a site tells what is new: a format of feeds, or one of the kinds of sources that are no feed."""

SERVICES = frozenset({"mastodon", "bluesky", "youtube", "inbox"})
"""Those that are asked for what they have, and show no pages."""


# msgspec structs instead of dataclasses: a misspelt key in a site's file is an error that names its place.


class FeedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a feed announces an article, where that differs from the article itself."""

    id: str = ""
    title: str = ""
    summary: str = ""
    link: str = "{url}"
    published: datetime | None = None
    date: str | None = None
    """The date as it stands in the feed, right or wrong; "" leaves it out."""


class Planted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text and what a run must make of it. Times are written as a Swedish clock shows them."""

    path: str
    published: datetime
    expect: Expect
    story: str = ""
    """Texts with one key tell of one event."""
    why: str
    plant: str = ""
    """The difficulty that was planted here, in two words."""
    later: str = ""
    """Why a plain matcher is allowed to miss what `expect` says."""
    digest: Literal["", "open"] = ""
    """"open": nothing is demanded of the digest."""


class DemoArticle(Planted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One article."""

    title: str
    lead: str
    text: str
    """Paragraphs with blank lines between; "- " begins a point of a list, "|" a row of a table."""
    updated: datetime | None = None
    section: str = "Nyheter"
    agency: str = ""
    audio: str = ""
    notice: bool = False
    """A notice of a few lines."""
    locked: bool = False
    teaser: int = 1
    """How many paragraphs a locked page shows."""
    markup: bool = False
    """The paragraphs are HTML already."""
    undated: bool = False
    form: Literal["NFC", "NFD"] = "NFC"
    status: int = 200
    amp: bool = False
    keywords: str = ""
    comment: str = ""
    related: tuple[str, ...] = ()
    comments_in_script: bool = False
    items: tuple[FeedItem, ...] = msgspec.field(default=(FeedItem(),), name="item")
    copy_of: str = ""
    """"site:/path" of the article whose text this one repeats."""


class DemoPost(Planted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post on a social network, or a film with what its channel says of it. The last part of its path is its id."""

    account: str
    """The name that the account has chosen; never a person's."""
    shown: str = ""
    """What the account calls itself beside that."""
    title: str = ""
    """Films have one."""
    text: str = ""
    link: str = ""
    """An address that the post carries without showing the whole of it."""
    answers: str = ""
    """Path of the post that it answers."""
    passes_on: str = ""
    """Path of the post that it passes on without a word of its own (a boost)."""


class DemoMail(Planted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail that is one text. Its path is what makes its id."""

    sender: str
    title: str
    text: str


class DemoList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail that lists articles of sites: an alert, or a newsletter. What must come of it is said at the articles."""

    sender: str
    subject: str
    published: datetime
    alert: bool = False
    tells: tuple[str, ...]
    """"site:/path" of articles."""


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One site of the miniature web."""

    key: str = ""
    """The name of its file."""
    name: str
    source_class: SourceClass = msgspec.field(name="class")
    group: str
    host: int
    """The last number of its loopback address."""
    important: bool = False
    area: str = ""
    """The municipality that a local medium is about, where it is not the demo's own."""
    behaviour: Literal["answers", "forbidden", "down"] = "answers"
    look: str = "handmade"
    motto: str = ""
    feed: Feed = "rss"
    feed_path: str
    account: str = ""
    """Of a mailbox: who logs in to it."""
    web: str = ""
    """Where people read what a service for programs has; "" for its own address."""
    options: str = ""
    """What else its line in feeds.txt says."""
    listed: bool = True
    """Whether feeds.txt has it: a site that has not is found when another source leads to it."""
    charset: str = "utf-8"
    named_entities: bool = False
    gzip: bool = False
    validators: Literal["both", "etag", "modified", "none"] = "both"
    robots: str | None = None
    menu: tuple[str, ...] = ()
    most_read: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    footer: str = ""
    cookie: str = ""
    articles: tuple[DemoArticle, ...] = msgspec.field(default=(), name="article")
    posts: tuple[DemoPost, ...] = msgspec.field(default=(), name="post")
    shows: tuple[str, ...] = ()
    """"site:/path" of posts on another server that this one shows too."""
    mails: tuple[DemoMail, ...] = msgspec.field(default=(), name="mail")
    lists: tuple[DemoList, ...] = msgspec.field(default=(), name="list")

    @property
    def planted(self) -> tuple[Planted, ...]:
        """Everything that the site says."""
        return (*self.articles, *self.posts, *self.mails)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a run must make of one article of the miniature web."""

    url: str
    site: str
    title: str
    expect: Expect
    story: str
    why: str
    plant: str
    later: str
    copy_of: str
    """Address of the article whose text this one repeats."""
    published: datetime
    dated: bool
    """Whether feed or page tells when it was published."""
    open: bool
    """Whether it is left open if the digest shows it."""
    page_shut: bool
    """Whether robots.txt or a 403 keeps the page away: only the feed's own words can be judged."""

    @property
    def wanted(self) -> bool:
        """Whether the article is to be stored at all."""
        return self.expect != "no"


@cache
def sites() -> tuple[Site, ...]:
    """Read every site, in the order of their addresses."""
    found = [
        msgspec.structs.replace(read_site(file.read_bytes(), file.name), key=file.name.removesuffix(".toml"))
        for file in files("monitor.demo").joinpath("sites").iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda site: site.host))


def source_of(site: Site, addresses: Addresses) -> str:
    """Return the address of a site as a source."""
    base = addresses.base(site.host)
    return (base.replace("http://", f"imap://{site.account}@") if site.account else base) + site.feed_path


def demands(addresses: Addresses) -> tuple[Demand, ...]:
    """Return what a run must make of every text, with the addresses of a running web."""
    bases = {site.key: site.web or addresses.base(site.host) for site in sites()}
    sources = {site.key: source_of(site, addresses) for site in sites()}
    return tuple(
        _demand(
            site,
            text,
            name_text(sources[site.key], text.title) if isinstance(text, DemoMail) else bases[site.key] + text.path,
            bases,
        )
        for site in sites()
        for text in site.planted
    )


def name_text(source: str, title: str) -> str:
    """Return what a text is known by that has no address, as mails have none."""
    return f"{source}#{title}"


def title_in(name: str) -> str:
    """Return the title in the name of a text without address; "" for an address."""
    return "" if name.startswith("http") else name.partition("#")[2]


def _demand(site: Site, text: Planted, url: str, bases: Mapping[str, str]) -> Demand:
    article = text if isinstance(text, DemoArticle) else None
    return Demand(
        url=url,
        site=site.name,
        title=title_of(text),
        expect=text.expect,
        story=text.story,
        why=text.why,
        plant=text.plant,
        later=text.later,
        copy_of=_address(bases, article.copy_of) if article else "",
        published=local(text.published),
        dated=not (article and article.undated),
        open=text.digest == "open",
        page_shut=article is not None and (article.status != 200 or _shut(site, article)),
    )


def title_of(text: Planted) -> str:
    """Return by what a text is known: its headline, or its first words."""
    if isinstance(text, DemoPost):
        return text.title or " ".join(text.text.split()[:8]) or f"what {text.account} passes on"
    return text.title if isinstance(text, DemoArticle | DemoMail) else text.path


def local(moment: datetime) -> datetime:
    """Give a time of a Swedish clock its zone."""
    return moment.replace(tzinfo=STOCKHOLM)


def read_site(toml: bytes, name: str) -> Site:
    """Read one site's file. Raises ValueError that names the file and the key."""
    try:
        return msgspec.toml.decode(toml, type=Site)
    except msgspec.ValidationError as fault:
        raise ValueError(f"monitor/demo/sites/{name}: {fault}") from fault


def _address(bases: Mapping[str, str], place: str) -> str:
    key, _, path = place.partition(":")
    return bases[key] + path if place else ""


def _shut(site: Site, article: DemoArticle) -> bool:
    rules = [line.removeprefix("Disallow: ") for line in (site.robots or "").splitlines() if line.startswith("Disall")]
    return any(len(rule) > 1 and article.path.startswith(rule) for rule in rules)
