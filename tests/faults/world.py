"""A small home whose every step has something to do, the web and mail server it needs, and what must be true of it."""

import hashlib
import os
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.deliver.homes import PEOPLE
from tests.deliver.post_office import PostOffice
from tests.loopback import Answer, Web
from tests.nursery import Nursery

NOW = "2026-11-24T06:31:00+01:00"
LATER = "2026-11-24T09:00:00+01:00"
"""After the pause of every source: what failed is asked again."""
MUCH_LATER = "2027-06-01T06:31:00+02:00"
"""When texts are purged."""

SCHOOL = (
    "Katrineholms kommun bygger en ny skola i centrum, det beslutade kommunfullmäktige på måndagen.",
    "Skolan ska rymma 400 elever och stå klar 2028. Bygget kostar 310 miljoner kronor.",
    'Mer om bygget <a href="https://granne.example/bygget">hos grannen</a>, som skriver om det varje dag.',
)
LETTER = (
    "Vi i föreningen vill ha svar från Katrineholms kommun om badplatsen i Katrineholm.",
    "När tänker ni öppna den igen? Badhuset i Katrineholm är också stängt sedan våren.",
)
SOUGHT = (
    "Trasig gatubelysning i Katrineholm",
    "Gatubelysningen i Katrineholm har varit trasig sedan i onsdags och flera boende har hört av sig till tidningen.",
    "Tidningen har sökt kommunens gatuchef i Katrineholm, som inte har svarat.",
)
BATHING = (
    "Badplatsen vid Djulö i Katrineholm stängs efter att för höga halter av bakterier har uppmätts i vattnet.",
    "Prover tas varje vecka och kommunen räknar med att kunna öppna badplatsen igen till midsommar.",
)


def serve(web: Web) -> None:
    """Let the web say what the home's sources say."""
    web.feed("/feed0", ("Ny skola byggs i Katrineholm", "/a"), ("Väder", "/b"), ("Katrineholm höjer skatten", "/c"))
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    web.page("/b", "Väder", "Här står en text om vädret i hela landet, och ingenting annat.")
    web["/c"] = Answer(b"no", 403)
    web.feed("/feed1", ("Skola byggs i Katrineholm", "/d"), ("Insändare: Öppet brev till Katrineholms kommun", "/e"))
    web.page("/d", "Skola byggs i Katrineholm", *SCHOOL)
    web.page("/e", "Insändare: Öppet brev till Katrineholms kommun", *LETTER)
    fresh = "Tue, 24 Nov 2026 06:30:30 +0100"
    web.feed("/feed2", ("Badplatsen i Katrineholm stängs", "/f"), ("Annat", "/g"), (SOUGHT[0], "/h"), h=fresh)
    web.page("/h", *SOUGHT)
    web.page("/f", "Badplatsen i Katrineholm stängs", *BATHING)
    web.page("/g", "Annat", "Flens kommun bygger en simhall.", menu="Katrineholm")


def write_home(folder: Path, web: Web, port: int) -> None:
    """Write the home: three papers, and a folder with a file in it."""
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(
        f"""municipality = "Katrineholm"
code = "0483"
organisation = "Katrineholms kommun"
[crawl]
contact = "test@kommun.example"
delay = 0
timeout = 10
allow_hosts = ["{web.host}"]
[digest]
web = "https://bevakning.example"
weekends = "daily"
[discovery]
requests = 3
[alerts]
to = ["presstjanst@kommun.example"]
quiet = ""
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "bevakning@kommun.example"
timeout = 10
{PEOPLE}""",
        encoding="utf-8",
    )
    lines = [f"{web.url}/feed{number} name=Blad{number} class=local-paper" for number in range(3)]
    (folder / "feeds.txt").write_text("\n".join([*lines, "folder ./inkorg"]) + "\n", encoding="utf-8")
    drop = folder / "inkorg" / "klipp.csv"
    drop.parent.mkdir()
    drop.write_text("rubrik;text;datum\nKatrineholm i radion;Katrineholms kommun bygger en ishall.;2026-11-23\n")
    os.utime(drop, (1_700_000_000, 1_700_000_000))


# --- runs -----------------------------------------------------------------------------------------------


class Runs:
    """Runs of homes as children of a nursery."""

    def __init__(self) -> None:
        self._nursery = Nursery()

    def __enter__(self) -> Self:
        self._nursery.__enter__()
        self.pid = self._nursery.pid
        return self

    def __exit__(self, *_exc: object) -> None:
        self._nursery.__exit__()

    def start(self, home: Path, *args: str, now: str = NOW, **more: object) -> int:
        """Start `monitor ARGS` for a home; return the process id, which is also its group's."""
        marks = {"MONITOR_NOW": now, "FAULT_HOME": str(home), "FAULT_MARK": str(home.parent / "mark")}
        return self._nursery.start(args=[*args, "--home", str(home)], env=marks, **_log(home), **more)

    def wait(self, pid: int, seconds: float = 90) -> dict[str, Any]:
        """Return how a run ended: {"code"}, {"signal"} or {"stopped"}; {} when it goes on."""
        return self._nursery.wait(pid, seconds)

    def staff(self, home: Path, acknowledged: Path) -> int:
        """Start a person at work: cases are opened as fast as may be, each acknowledged in a file when it is saved."""
        return self._nursery.start(staff=str(acknowledged), home=str(home), **_log(home))

    def run(self, home: Path, *args: str, now: str = NOW, **more: object) -> dict[str, Any]:
        """Run `monitor ARGS` to its end."""
        ended = self._nursery.finish(self.start(home, *args, now=now, **more))
        if not ended:
            raise AssertionError(f"monitor {' '.join(args)} did not end: {log_of(home)}")
        return ended


def _log(home: Path) -> dict[str, object]:
    log = str(home.parent / "log")
    return {"out": log, "err": log}


@dataclass
class World:
    """A web, a mail server, a nursery and a folder for homes."""

    folder: Path
    web: Web = field(default_factory=Web)
    office: PostOffice = field(default_factory=PostOffice)
    nursery: Runs = field(default_factory=Runs)
    made: int = 0

    @contextmanager
    def opened(self) -> Iterator[Self]:
        """Serve while the block runs."""
        with self.web, self.office, self.nursery:
            self.web.hush()
            serve(self.web)
            write_home(self.folder / "template" / "home", self.web, self.office.port)
            yield self

    def new_home(self, template: Path | None = None) -> Path:
        """Return a home of its own, as it was before anything was read, or as `template` is."""
        self.made += 1
        folder = self.folder / f"{self.made}"
        folder.mkdir()
        shutil.copytree(template or self.folder / "template" / "home", folder / "home", symlinks=True)
        return folder / "home"

    def forget(self, home: Path) -> None:
        """Remove a home that is not needed any more."""
        shutil.rmtree(home.parent)


def log_of(home: Path) -> str:
    """Return what the runs of a home said."""
    path = home.parent / "log"
    return path.read_text(errors="replace")[-3000:] if path.exists() else ""


# --- what must be true ----------------------------------------------------------------------------------


@contextmanager
def read_only(home: Path) -> Iterator[sqlite3.Connection]:
    """Look into a home's database without changing it. It may be the first to come after a kill, and recovers then."""
    with closing(sqlite3.connect(home / "monitor.db", isolation_level=None, timeout=30)) as db:
        db.execute("pragma query_only = on")
        yield db


SANE = {
    "an entry whose page is not there": "select count(*) from entries where page not in (select id from pages)",
    "seen and not stored": """select count(*) from sources s where first_polled is not null
        and not exists (select 1 from polls p where p.source = s.url)""",
    "a poll that brought entries which are not there": """select count(*) from (
        select p.source, sum(p.new) brought, (select count(*) from entries e where e.source = p.source) there
        from polls p group by p.source) where brought != there""",
    "entries doubled": "select count(*) - count(distinct source || ' ' || key) from entries",
    "pages doubled": "select count(*) - count(distinct key) from pages",
    "articles doubled": "select count(*) - count(distinct key) from articles",
    "a page taken whose article is not there": """select count(*) from pages p where state = 'taken'
        and not exists (select 1 from articles a where a.page = p.id)""",
    "an article whose page is still to be read": """select count(*) from articles a join pages p on p.id = a.page
        where p.state in ('waiting', 'kept')""",
    "an article in no story and in no queue": """select count(*) from articles a
        where a.id not in (select article from story_articles) and a.id not in (select article from story_queue)""",
    "a digest's article that is not there": """select count(*) from digest_articles
        where article not in (select id from articles)""",
    "hosts counted twice": """select count(*) from hosts h where pages > (select count(*) from pages p
        where p.final_url like '%//' || h.host || '%')""",
    "blocks on more pages than were read": """select count(*) from blocks b join hosts h using (host)
        where b.pages > h.pages""",
    "cases doubled": """select count(*) from (select story from cases where story is not null
        group by story having count(*) > 1)""",
    "parcels doubled": "select count(*) - count(distinct key) from outbox",
    "revisions of what nobody changed": "select count(*) from revisions",
}


def faults_of(home: Path) -> list[str]:
    """Return what is wrong with a home, whatever stopped its runs: no `seen` without `stored`, nothing doubled."""
    if not (home / "monitor.db").exists():
        return []
    found = []
    with read_only(home) as db:
        tables = {row[0] for row in db.execute("select name from sqlite_master where type = 'table'")}
        if "pages" not in tables:  # killed while the database was made
            return []
        found += [f"damaged: {row[0]}" for row in db.execute("pragma integrity_check") if row[0] != "ok"]
        found += [f"loose: {row}" for row in db.execute("pragma foreign_key_check")]
        if "runs" not in tables:  # killed between two steps of the schema
            return found
        found += [what for what, sql in SANE.items() if db.execute(sql).fetchone()[0]]
    for path in (home / "reports" / "out").glob("*.html"):
        if not path.read_text(encoding="utf-8").rstrip().endswith("</html>"):
            found.append(f"{path.name} is half a letter")
    return found


WHOLE = {
    "entries": """select e.source, e.key, e.title, e.url, e.summary, e.content, e.published, e.first_seen, e.baseline,
        e.last_changed, p.key, p.state, p.reason, p.attempts, p.retry, p.fetched
        from entries e join pages p on p.id = e.page""",
    "articles": """select a.key, a.title, a.lead, a.text, a.at, a.seen, a.source, a.from_feed, a.about, a.note,
        (select count(*) from mentions m where m.article = a.id) from articles a""",
    "stories": """select group_concat(key, ' ') from (select s.story, a.key || s.copy key from story_articles s
        join articles a on a.id = s.article order by a.key) group by story""",
    "hosts": "select * from hosts",
    "blocks": "select * from blocks",
    "candidates": "select site, referrer from candidate_links",
    "cases": """select c.title, c.due, c.received, (select group_concat(action || note, ' ') from
        (select action, note from case_events e where e.case_id = c.id order by id)) from cases c""",
    "digests": """select d.day, d.starts, d.ends, d.complete, (select count(*) from digest_articles x
        where x.day = d.day) from digests d""",
    "outbox": "select item, channel, recipient, edition, key, state from outbox",
    "archive": """select a.key, v.topic, v.unit, v.place from archive v join articles a on a.id = v.article""",
}
POLLS = {
    "polls": "select source, at, outcome, reason, entries, new from polls where source like 'http%'",
    "days": "select * from source_days where source like 'http%'",
    "sources": "select url, first_polled, last_polled, last_ok, failures, due, strain, body_hash from sources",
}
_TIMES = {"first_seen", "last_changed", "fetched", "seen", "retry", "received"}


def dump(home: Path, *, polls: bool = True) -> dict[str, Counter[tuple[object, ...]]]:
    """Return what a home holds, without row numbers; without `polls` also without when each thing was seen."""
    held: dict[str, Counter[tuple[object, ...]]] = {}
    with read_only(home) as db:
        for name, sql in (WHOLE | POLLS if polls else WHOLE).items():
            rows = db.execute(sql)
            names = [column[0] for column in rows.description]
            held[name] = Counter(
                tuple(_bare(value) for key, value in zip(names, row, strict=True) if polls or key not in _TIMES)
                for row in rows.fetchall()
            )
    held["letters"] = Counter(
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted((home / "reports" / "out").glob("*.txt"))
    )
    held["drops"] = Counter((str(path.relative_to(home)),) for path in (home / "inkorg").rglob("*") if path.is_file())
    return held


def _bare(value: object) -> object:
    """Return a value without the number of a page's row, which depends on who answered first."""
    return re.sub(r"#\d+", "#", value) if isinstance(value, str) else value


def differences(one: Mapping[str, Counter[Any]], other: Mapping[str, Counter[Any]]) -> list[str]:
    """Return in words what `other` lacks or has too much."""
    told = []
    for name, rows in one.items():
        told += [f"{name}: lacks {row}" for row in (rows - other[name])]
        told += [f"{name}: too much {row}" for row in (other[name] - rows)]
    return [line[:300] for line in told]
