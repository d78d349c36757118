"""The archive's search as /arkiv asks it, over 100,000 and 1,000,000 articles, while another process writes.

    python -m bench.archive [SIZE ...]

The articles are made here: words drawn by Zipf's law from a vocabulary of place names, topic words and compounds of
them, about 130 words an article, over five years. A database is made once and kept in bench/results/. One question is
what one page asks: the first 20 hits with marked snippets, and the counts of all facets. Reported are p50, p95 and p99
over a mix of 240 questions, the machine's load, and how many writes the other process did meanwhile.
"""

import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import time
from bisect import bisect
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import msgspec
from sqlite_utils import Database

from monitor.core.places import municipalities
from monitor.core.search import Unclear, index_text, mark, read_query, snippet
from monitor.core.triage import default_topics
from monitor.core.words import COMMON
from monitor.models import (
    Article,
    Entry,
    FoundPlace,
    Mention,
    Page,
    PlaceKind,
    Poll,
    PollOutcome,
    Tone,
    Wanted,
)
from monitor.store import archive as archive_store
from monitor.store import articles as article_store
from monitor.store import intake as intake_store
from monitor.store.db import open_database, to_text

RESULTS = Path(__file__).parent / "results"
SIZES = (100_000, 1_000_000)
TARGETS = {100_000: 150, 1_000_000: 500}
"""Milliseconds at the 95th percentile."""
END = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
YEARS = 5
SOURCES = 60
WORDS = 130
VOCABULARY = 40_000
QUESTIONS = 240

_HEADS = ("råd", "plan", "stöd", "avgift", "lokal", "chef", "grupp", "frågan", "huset", "vägen", "skolan", "bygget")


def vocabulary() -> list[str]:
    """Return words from the most common to the rarest: function words, then topic words, places and compounds."""
    rng = random.Random(7)  # noqa: S311 (made-up words)
    topics = [word.strip("*") for topic in default_topics().lists for word in topic.words if len(word) > 3]
    places = [place.name for place in municipalities().values()]
    roots = sorted({*topics, *(place.lower() for place in places)})
    rng.shuffle(roots)
    endings = ["", "s", "en", "et", "ar", "or", "erna", "ens", "ade", "ande"]
    longer = {f"{one}{rng.choice(_HEADS)}{rng.choice(endings)}" for one in roots for _ in range(60)}
    rest = sorted({*roots, *longer} - COMMON)
    rng.shuffle(rest)
    found = [*sorted(COMMON)[:100], "skola", "skolan", "förskola", "budget", "nämnden", "vägen", "Katrineholm", *rest]
    return found[:VOCABULARY]


class Writer:
    """Makes texts: words drawn by Zipf's law."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 (made-up words)
        self.words = vocabulary()
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))

    def text(self, length: int) -> str:
        """Return so many words, in sentences of ten."""
        draw, top = self.rng.random, self.weights[-1]
        words = [self.words[min(bisect(self.weights, draw() * top), len(self.words) - 1)] for _ in range(length)]
        return ". ".join(" ".join(words[start : start + 10]) for start in range(0, length, 10)) + "."


CHUNK = 5_000


def chunk_of(task: tuple[int, int]) -> Sequence[tuple[tuple[object, ...], str]]:
    """Return the articles from a number on, in order of time, each with the tokens that the index will hold."""
    size, first = task
    writer = Writer(first)
    rng = writer.rng
    step = timedelta(days=365 * YEARS) / size
    towns = [place.name for place in municipalities().values()]
    rows = []
    for number in range(first, min(first + CHUNK, size + 1)):
        at = to_text(END - (size - number) * step)
        source = f"https://tidning{min(int(rng.expovariate(0.08)), SOURCES - 1)}.example/feed"
        place = towns[min(int(rng.expovariate(0.5)), len(towns) - 1)]
        title = writer.text(7)[:-1].capitalize()
        text = f"{place}. {writer.text(WORDS)}"
        row = (
            number, f"a/{number}", f"https://tidning.example/{number}", number, source, title, at, text, at, at,
            place, "municipality" if rng.random() < 0.8 else "locality", int(rng.random() < 0.6),
        )  # fmt: skip
        rows.append((row, index_text(title, "", text)))
    return rows


def build(path: Path, size: int) -> None:
    """Write a database of `size` articles through the schema's own triggers."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    db = open_database(part)
    connection = db.conn
    connection.execute("pragma journal_mode = off")
    connection.execute("pragma synchronous = off")
    connection.execute("pragma cache_size = -400000")
    connection.execute("pragma foreign_keys = off")
    # Folding has no part in this: its queue is not filled, and stands again when all is written.
    queue = connection.execute("select sql from sqlite_master where name = 'story_queue_new'").fetchone()[0]
    connection.execute("drop trigger story_queue_new")
    # Larger pieces of the index at a time: what is written is the same, but merged less often.
    connection.execute("insert into archive_words (archive_words, rank) values ('hashsize', ?)", [64 * 1024 * 1024])
    connection.executemany(
        "insert into sources (url, kind, name, first_polled, last_ok) values (?, 'feed', '', ?, ?)",
        [(f"https://tidning{n}.example/feed", to_text(END), to_text(END)) for n in range(SOURCES)],
    )
    connection.execute("begin")
    insert = """insert into articles (id, key, url, page, source, title, seen, text, at, published, place, kind, about,
            lead, published_from, baseline, language, access, author_role, outcome, note, from_feed, code, prominent,
            score, reason) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'meta', 0, 'sv', 'free', 'newsroom', 'ok',
            '', 0, '0483', 1, 0.9, '')"""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for rows in pool.imap(chunk_of, [(size, first) for first in range(1, size + 1, CHUNK)]):
            # The triggers ask for tokens that are made already, in two processes: making them is half the work.
            tokens = iter([line for _, line in rows])
            connection.create_function("search_words", 3, lambda _title, _lead, _text, made=tokens: next(made))
            connection.executemany(insert, [row for row, _ in rows])
    topics = [(topic.key, topic.unit) for topic in default_topics().lists]
    connection.executemany(
        "update archive set topic = ?, unit = ? where doc % ? = ?",
        [(key, unit, len(topics), number) for number, (key, unit) in enumerate(topics)],
    )
    for every, tone in ((5, Tone.CRITICAL), (7, Tone.POSITIVE)):
        connection.execute("update archive set tone = ? where article % ? = 0", [tone.value, every])
    connection.execute("insert into archive_words (archive_words, rank) values ('hashsize', ?)", [1024 * 1024])
    connection.execute(queue)
    connection.execute("commit")
    connection.execute("analyze archive")
    db.close()
    part.rename(path)


def questions() -> list[archive_store.Wish]:
    """Return a mix of what people ask: rare and common words, phrases, beginnings, facets, months, two common words."""
    rng = random.Random(11)  # noqa: S311 (a mix of questions)
    words = vocabulary()
    texts: list[str] = []
    for _ in range(QUESTIONS // 8):
        common, other = rng.sample(words[20:80], 2)
        texts += [
            rng.choice(words[2_000:]),
            rng.choice(words[200:2_000]),
            common,
            f"{common} {other}",
            f'"{words[rng.randrange(30)]} {common}"',
            f"{rng.choice(words[60:600])[:5]}*",
            f"{common} -{other}",
            f"{rng.choice(words[100:400])} OR {rng.choice(words[100:400])}",
        ]
    wishes = []
    for text in texts:
        query = read_query(text)
        if isinstance(query, Unclear):
            continue
        month = END - timedelta(days=rng.randrange(30, 365 * YEARS))
        facets: list[dict[str, object]] = [
            {}, {}, {}, {"topic": "school"}, {"sources": frozenset({f"https://tidning{rng.randrange(12)}.example/feed"})},
            {"about": True}, {"since": month, "until": month + timedelta(days=30)}, {"tone": Tone.CRITICAL},
        ]  # fmt: skip
        wishes.append(archive_store.Wish(query=query, **rng.choice(facets)))  # type: ignore[arg-type]  # a mix
    return wishes


def ask(db: Database, wish: archive_store.Wish, order: archive_store.Order) -> int:
    """Ask as one page does; return how many hits there are."""
    months = [(f"{y}-{m:02}", datetime(y, m, 1, tzinfo=UTC)) for y in range(2021, 2027) for m in range(1, 13)]
    hits = archive_store.find_articles(db, wish, order=order, limit=20)
    counts = archive_store.count_facets(db, wish, months)
    for hit in hits:
        mark(hit.title, wish.query)
        snippet(hit.text, wish.query)
    return counts.hits


def write(path: Path, stop: object, done: object) -> None:
    """Write as a crawl does until told to stop: polls with entries, pages, verdicts."""
    db = open_database(path)
    writer = Writer(5)
    began = time.time_ns()
    number = 0
    while not stop.is_set():  # type: ignore[attr-defined]  # an Event of multiprocessing, which has no public type
        source = f"https://tidning{number % SOURCES}.example/feed"
        now = datetime.now(UTC)
        urls = [f"https://tidning.example/ny/{began}/{number}/{n}" for n in range(5)]
        entries = [Entry(key=url, id=url, url=url, title=writer.text(6), published=now) for url in urls]
        intake_store.save_poll(db, Poll(source=source, at=now, outcome=PollOutcome.OK), entries)
        verdicts = []
        for wanted in intake_store.wanted_pages(db, source, 5, now):
            page = Page(url=wanted.url, body=b"<p>" * 2_000, fetched_at=now)
            intake_store.save_page(db, Wanted(wanted.id, wanted.url, source), page, keep_days=7)
            verdicts.append((wanted.id, _article(writer, wanted.url, source, now)))
        article_store.save_verdicts(db, verdicts, now)
        number += 1
        done.value = number  # type: ignore[attr-defined]  # a Value of multiprocessing, likewise
        time.sleep(0.05)
    db.close()


def _article(writer: Writer, url: str, source: str, now: datetime) -> Article:
    mention = Mention(start=0, end=11, text="Katrineholm", rule="name")
    place = FoundPlace(
        code="0483",
        name="Katrineholm",
        kind=PlaceKind.MUNICIPALITY,
        about=True,
        score=1.0,
        reason="",
        mentions=(mention,),
    )
    text = f"Katrineholm. {writer.text(WORDS)}"
    return Article(url=url, source=source, title=writer.text(7), text=text, published=now, seen_at=now, place=place)


def measure(path: Path) -> dict[str, float]:
    """Return what the mix of questions took, in milliseconds, while another process wrote."""
    context = multiprocessing.get_context("spawn")
    stop, done = context.Event(), context.Value("i", 0)
    other = context.Process(target=write, args=(path, stop, done))
    db = open_database(path)
    db.execute("pragma query_only = on")
    wishes = questions()
    for wish in wishes[:20]:  # as a server that has run for a while
        ask(db, wish, archive_store.Order.NEWEST)
    other.start()
    while not done.value:
        time.sleep(0.05)
    took: list[tuple[float, str, int]] = []
    for number, wish in enumerate(wishes):
        order = archive_store.Order.BEST if number % 4 == 0 else archive_store.Order.NEWEST
        began = time.perf_counter()
        hits = ask(db, wish, order)
        took.append(((time.perf_counter() - began) * 1000, wish.query.match if wish.query else "", hits))
    stop.set()
    other.join()
    db.close()
    slowest = sorted(took, reverse=True)[:5]
    for spent, match, hits in slowest:
        print(f"    {spent:7.1f} ms  {match}  ({hits} hits)")
    cuts = statistics.quantiles([spent for spent, _, _ in took], n=100)
    return {"questions": len(took), "p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "writes": done.value}


def main() -> int:
    """Build what is missing, measure, and say whether the targets hold."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    good = True
    for size in sizes:
        path = RESULTS / f"archive-{size}.db"
        if not path.exists():
            began = time.perf_counter()
            build(path, size)
            print(f"{size}: built in {time.perf_counter() - began:.0f} s, {path.stat().st_size / 1e9:.2f} GB")
        found = measure(path)
        target = TARGETS.get(size, 500)
        good = good and found["p95"] < target
        print(
            f"{size} articles, {found['questions']:.0f} questions: p50 {found['p50']:.1f}, p95 {found['p95']:.1f},"
            f" p99 {found['p99']:.1f} ms (target p95 < {target}); rounds of writing meanwhile: {found['writes']:.0f};"
            f" load {os.getloadavg()[0]:.1f}; SQLite {sqlite3.sqlite_version}"
        )
        (RESULTS / f"archive-{size}.json").write_bytes(msgspec.json.encode(found))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
