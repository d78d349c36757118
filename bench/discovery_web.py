"""A generated web for `bench.discovery`: sites on loopback addresses of their own, each request counted.

300 sites, 5,000 pages; 40 blogs of which 25 write about Katrineholm. The rest is what makes the search hard: papers of
other towns, shops that deliver everywhere, link farms, clubs and places with the name; dead, closed, reserving hosts.
All text is invented. The same seed gives the same web.
"""

import asyncio
import html
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

TOWN = "Katrineholm"
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)

# What people write about the town. Names of streets and firms are invented or common.
LOCAL = (
    """
I går stod vi på torget i {t} och väntade på bussen i snålblåsten.|Kommunen har äntligen sandat gångvägen ner mot sjön.
Biblioteket i {t} har öppet längre på torsdagar nu.|Jag tycker att politikerna i {t} borde lyssna på oss på landsbygden.
Skolan vid ån ska byggas om, har {t}s kommun bestämt.|Det blåser alltid kallt på perrongen i {t}.
Simhallen i {t} är stängd igen och ingen vet hur länge.|På marknaden i {t} köpte vi korv och en mössa.
Nya bostäder planeras i centrala {t}.|Cykelbanan mellan {t} och grannbyn är full av hål.
{t}s kommun vill stänga förskolan och föräldrarna är arga.|Vi bor tre kilometer utanför {t} sedan elva år.
I {t} finns en liten biograf som drivs av en förening.|Äldreboendet i {t} söker folk till helgerna.
Kommunfullmäktige i {t} ska rösta om budgeten på måndag.|Julskyltningen i {t} var finare än i fjol.
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

PLAIN = (
    """
Katten har legat i fönstret hela dagen.|Jag bakade bröd på rågsurdeg och glömde saltet.|Snön kom sent i år.
Farmor hade ett sådant skåp i hallen.|Nu är garnet slut och halsduken blev för kort.|Vi målade staketet innan regnet.
Äppelträden ska beskäras i mars.|Bilen gick igenom besiktningen med två anmärkningar.|Boken var bättre än filmen.
Barnen sov till nio.|Jag har sprungit milen under timmen för första gången.|Det luktar jord i växthuset.
Mormors recept är skrivet med blyerts.|På kvällen spelade vi kort.|Hunden vägrar gå ut när det regnar.
Kaffet smakar bäst utomhus.|Det tog en timme att hitta nyckeln.|Ljuset är vackert i november.
Kameran fryser vid minus tio.|Vi planterade om chilin.|Fåglarna har hittat fröautomaten.|Tåget var försenat igen.
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

PASSING = (
    """
Tåget stannade i Hallsberg, {t} och Flen innan det kom fram.|Matchen flyttas; nästa motståndare kommer från {t}.
Föreläsaren har tidigare arbetat i Örebro, {t} och Västerås.|Butiker finns i Nyköping, {t}, Strängnäs och Eskilstuna.
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

NAMESAKE = (
    """
{t}s Bandy vann borta med 5–3.|{t}s SK tappade ledningen i tredje perioden mot Lidköping.
Vi bor på {t}svägen 14 i Göteborg, tredje porten.|Valla torg i Stockholm får ny belysning.
Hästen Miss {t} kom trea i fjärde loppet.|Krogen {t} i Malmö har stängt köket.
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

FOREIGN = {
    "de": "Heute waren wir am See und haben Brot gebacken.|Die Straße heißt {t}er Straße.|Es regnet seit Tagen.",
    "pl": "Dzisiaj upiekliśmy chleb.|Ulica nazywa się {t}.|Pada od trzech dni i kot śpi.",
    "en": "We baked bread and the cat slept all day.|Our hotel was on {t} Street.|It rained again on Sunday.",
}
OTHER_TOWNS = [
    "Lund",
    "Ystad",
    "Kiruna",
    "Luleå",
    "Umeå",
    "Borås",
    "Kalmar",
    "Visby",
    "Falun",
    "Mora",
    "Piteå",
    "Boden",
    "Växjö",
    "Halmstad",
    "Skövde",
]
TITLES = [
    "Om vintern",
    "En vanlig tisdag",
    "Tankar från köket",
    "Igen",
    "Sent omsider",
    "Det där med bussen",
    "Lite av varje",
    "Nu",
]


@dataclass(slots=True)
class Site:
    """One generated site."""

    number: int
    role: str
    name: str
    feed: str = "full"
    """"full", "headlines", "none"."""
    named: str = "link"
    """How its feed is told: "link", "anchor", "generator", "nowhere"."""
    language: str = "sv"
    links: list[int] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)
    robots: str = "User-agent: *\nDisallow: /admin\n"
    reserved: str = ""
    """Where its reservation stands: "header", "file", "meta"."""

    @property
    def host(self) -> str:
        """A loopback address of its own."""
        return f"127.44.{self.number // 250}.{self.number % 250 + 1}"


@dataclass(slots=True)
class World:
    """All sites, and which of the blogs about the town are listed."""

    sites: list[Site]
    listed: list[Site]

    @property
    def wanted(self) -> list[Site]:
        """The blogs about the town that nobody listed."""
        return [site for site in self.sites if site.role == "town blog" and site not in self.listed]


# The shares of a web of 300 sites; a smaller web has the same in small.
_ROLES = {
    "town blog": 25, "other blog": 15, "paper": 14, "shop": 50, "farm": 30, "namesake": 20, "foreign": 16,
    "dead": 10, "closed": 10, "reserving": 10, "society": 100,
}  # fmt: skip


def make_world(seed: int, scale: float = 1.0, posts: int = 17) -> World:
    """Return the web of `seed`; `scale` 1 is 300 sites with about `posts` texts each."""
    dice = random.Random(seed)  # noqa: S311 (a generator, not a secret)
    counts = {role: max(2, round(number * scale)) for role, number in _ROLES.items()}
    roles = [role for role, count in counts.items() for _ in range(count)]
    dice.shuffle(roles)
    sites = [Site(number, role, f"{role.title()} {number}") for number, role in enumerate(roles)]
    for site in sites:
        _set_up(site, dice)
        site.posts = [_post(site, number, dice) for number in range(posts)]
    listed = _link(sites, dice, round(5 * scale) or 1)
    return World(sites, listed)


def _set_up(site: Site, dice: random.Random) -> None:
    if site.role in {"town blog", "other blog"}:
        site.feed = dice.choices(["full", "headlines", "none"], [70, 20, 10])[0]
        site.named = dice.choices(["link", "anchor", "generator"], [70, 15, 15])[0]
        site.name = (
            dice.choice(["Livet i byn", "Skogsbrynet", "Köksfönstret", "Grusvägen", "Tant skriver"]) + f" {site.number}"
        )
    elif site.role == "foreign":
        site.language = dice.choice(list(FOREIGN))
    elif site.role == "closed":
        site.robots = "User-agent: *\nDisallow: /\n"
    elif site.role == "reserving":
        site.reserved = dice.choice(["header", "file", "meta"])
    elif site.role in {"shop", "society"}:
        site.feed = dice.choice(["full", "none", "none"])


def _post(site: Site, number: int, dice: random.Random) -> tuple[str, str]:  # noqa: C901 (a table of roles)
    """Return title and text of one text of a site: what its kind writes, the town named as its kind does."""
    plain = dice.sample(PLAIN, dice.randint(4, 9))
    title = f"{dice.choice(TITLES)} {number}"
    if site.role == "town blog":
        if number % 9 in {1, 4} or dice.random() < 0.25:
            plain[1:1] = dice.sample(LOCAL, dice.randint(2, 4))
            title = dice.choice([title, f"Mera om {TOWN} {number}", f"Kommunen och vi {number}"])
    elif site.role in {"closed", "reserving"}:
        plain += dice.sample(LOCAL, 3)
    elif site.role == "paper":
        town = OTHER_TOWNS[site.number % len(OTHER_TOWNS)]
        plain = [line.format(t=town) for line in dice.sample(LOCAL, 5)] + plain[:2]
        if dice.random() < 0.15:
            plain.append(dice.choice(PASSING))
    elif site.role == "shop":
        plain = [
            f"Vi levererar till {', '.join(dice.sample(OTHER_TOWNS, 4))} och {TOWN}.",
            f"Modell {number} finns i lager.",
        ]
    elif site.role == "farm":
        town = dice.choice([TOWN, *OTHER_TOWNS[:3]])
        title = f"Billiga hotell i {town} – bästa pris {number}"
        plain = [f"Letar du efter hotell i {town}? I {town} finns många hotell. Boka hotell i {town} nu.",
                 f"Våra kunder i {town} är nöjda med {town} och priserna i {town}."]  # fmt: skip
    elif site.role == "namesake":
        plain[1:1] = dice.sample(NAMESAKE, 2)
    elif site.role == "foreign":
        plain = FOREIGN[site.language].split("|") * 2
    elif dice.random() < 0.04:  # a society somewhere else that once met somebody from there
        plain.append(dice.choice(PASSING))
    return title, "\n".join(line.format(t=TOWN) for line in plain)


def _link(sites: list[Site], dice: random.Random, listed: int) -> list[Site]:
    """Draw the links: each blog about the town is linked from an earlier one, or through one that is not about it."""
    by_role: dict[str, list[Site]] = {}
    for site in sites:
        by_role.setdefault(site.role, []).append(site)
    town, other = by_role["town blog"], by_role["other blog"]
    for at, blog in enumerate(town[listed:], listed):
        via = dice.choice(town[:at])
        if dice.random() < 0.2:
            between = dice.choice(other)
            via.links.append(between.number)
            via = between
        via.links.append(blog.number)
    for blog in (*town, *other):
        neighbours = dice.sample(town, min(len(town), dice.randint(0, 2))) + dice.sample(other, min(len(other), 2))
        noise = dice.sample(sites, min(len(sites), dice.randint(3, 14)))
        blog.links += [site.number for site in (*neighbours, *noise)]
    for site in sites:
        if site.role == "farm":
            site.links = [other.number for other in dice.sample(sites, min(len(sites), 40))]
        elif not site.links:
            site.links = [other.number for other in dice.sample(sites, 3)]
        site.links = [number for number in dict.fromkeys(site.links) if number != site.number]
    hidden = town[-1]
    hidden.robots = "User-agent: *\nDisallow: /\n"  # one of them wants no robots: it cannot be found, and must not
    return town[:listed]


# --- serving -------------------------------------------------------------------------------------------


class LoopbackWeb:
    """Serves a world; counts every request by host and path."""

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        self.port = port
        self.asked: Counter[str] = Counter()
        self._by_host = {site.host: site for site in world.sites}

    def base(self, site: Site) -> str:
        """Return the address of a site, without a slash at its end."""
        return f"http://{site.host}:{self.port}"

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve for as long as the block runs; dead hosts are not served."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        hosts = [site.host for site in self.world.sites if site.role != "dead"]
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._meet, hosts, self.port), loop).result()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._close(server), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                host = writer.get_extra_info("sockname")[0]
                self.asked[f"{host}{path}"] += 1
                writer.write(self._answer(self._by_host[host], path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    def _answer(self, site: Site, path: str) -> bytes:
        status, kind, body = self._body(site, path)
        extra = "TDM-Reservation: 1\r\n" if site.reserved == "header" else ""
        data = body.encode()
        head = (
            f"HTTP/1.1 {status} X\r\nContent-Type: {kind}; charset=utf-8\r\n{extra}Content-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data

    def _body(self, site: Site, path: str) -> tuple[int, str, str]:
        if path == "/robots.txt":
            return 200, "text/plain", site.robots
        if path == "/.well-known/tdmrep.json" and site.reserved == "file":
            return 200, "application/json", '[{"location": "/", "tdm-reservation": 1}]'
        if path == "/":
            return 200, "text/html", self._front(site)
        if path == "/feed/" and site.feed != "none":
            return 200, "application/rss+xml", self._feed(site)
        number = path.removeprefix("/2026/").partition("-")[0]
        if path.startswith("/2026/") and number.isdigit() and int(number) < len(site.posts):
            return 200, "text/html", self._page(site, int(number))
        return 404, "text/html", "<h1>Finns inte</h1>"

    def _frame(self, site: Site, title: str, main: str) -> str:
        roll = "".join(
            f'<li><a href="{self.base(other)}/">{html.escape(other.name)}</a></li>'
            for other in (self.world.sites[number] for number in site.links)
        )
        head = ""
        if site.feed != "none" and site.named == "link":
            head = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
        if site.feed != "none" and site.named == "generator":
            head = '<meta name="generator" content="WordPress 6.9">'
        if site.reserved == "meta":
            head += '<meta name="tdm-reservation" content="1">'
        if site.role == "farm":
            head += f'<meta name="keywords" content="{TOWN}, hotell {TOWN}, billigt {TOWN}">'
        anchor = '<p><a href="/feed/">RSS</a></p>' if site.feed != "none" and site.named == "anchor" else ""
        return (
            f'<!doctype html><html lang="{site.language}"><head><title>{html.escape(title)}</title>{head}</head><body>'
            f'<header><a href="/">{site.name}</a></header><nav><a href="https://www.facebook.com/x">Dela</a></nav>'
            f"<main>{main}</main><aside>{anchor}<h2>Andra</h2><ul>{roll}</ul></aside></body></html>"
        )

    def _front(self, site: Site) -> str:
        latest = "".join(
            f'<article><h2><a href="/2026/{number}-en-liten-text/">{html.escape(title)}</a></h2>'
            f"<p>{html.escape(text.splitlines()[0])}</p></article>"
            for number, (title, text) in enumerate(site.posts[:10])
        )
        return self._frame(site, site.name, latest)

    def _page(self, site: Site, number: int) -> str:
        title, text = site.posts[number]
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
        return self._frame(site, title, f"<article><h1>{html.escape(title)}</h1>{paragraphs}</article>")

    def _feed(self, site: Site) -> str:
        items = "".join(
            f"<item><title>{html.escape(title)}</title><link>{self.base(site)}/2026/{number}-en-liten-text/</link>"
            f"<pubDate>{format_datetime(NOW - timedelta(days=4 * number + 1))}</pubDate>"
            f"<description>{html.escape(text) if site.feed == 'full' else ''}</description></item>"
            for number, (title, text) in enumerate(site.posts)
        )
        title = html.escape(site.name)
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
