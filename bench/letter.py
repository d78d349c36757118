"""How long a letter takes: to compose and render it, and to make it out of a large home.

    python -m bench.letter [--quick]

Needs no shared data: the articles are made here. `--quick` leaves out the home of a million articles.
Ends 1 when a figure is above what was promised.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bench.rows import tell
from monitor.config import read_home
from monitor.core.digest import compose
from monitor.deliver.render import MAX_BYTES, RenderedDigest, render_digest
from monitor.models import (
    Access,
    Article,
    FoundPlace,
    Mention,
    Period,
    PlaceKind,
    Poll,
    PollOutcome,
    Source,
    SourceClass,
    SourceState,
    Story,
)
from monitor.steps.publish import publish
from monitor.store.db import open_database, to_text, transaction

STOCKHOLM = ZoneInfo("Europe/Stockholm")
END = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
PERIOD = Period(start=END - timedelta(days=1), end=END)
MENTIONS = 500
A_DAY = 150
SOURCES = 40
COMPOSED_MS = 150.0
MADE_SECONDS = 1.0
GROWTH = 1.5
ROUNDS = 8

LEAD = "Nämnden fattade på måndagen beslut i en fråga som har väntat länge. Handlingarna finns på webben."
BODY = (
    "Beslutet i Katrineholms kommun gäller från årsskiftet och omprövas efter ett år. Ordföranden kallar det väntat.\n"
    "Oppositionen kallar det sent och vill se en plan för hur det ska betalas, år för år, innan något byggs.\n"
)


def main() -> int:
    """Print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    faults = list(measure_rendering())
    sizes = (10_000,) if options.quick else (10_000, 1_000_000)
    faults += measure_homes(sizes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")
    for fault in faults:
        print(f"TOO MUCH: {fault}")
    return 1 if faults else 0


def measure_rendering() -> Iterator[str]:
    """Compose and render a day of 500 mentions, and give what takes too long."""
    stories, states = list(_stories()), _states()

    def make() -> RenderedDigest:
        digest = compose(
            organisation="Katrineholms kommun", period=PERIOD, made_at=END, stories=stories, day_counts=[],
            sources=states, time_zone=STOCKHOLM, judged=True, watched=("simhall", "resecentrum"),
        )  # fmt: skip
        return render_digest(digest)

    first = _timed(make)
    best = min(_timed(make) for _ in range(ROUNDS)) * 1000
    size = len(make().html.encode())
    print(
        f"compose and render {MENTIONS} mentions: {best:.0f} ms (the first, with the templates: {first * 1000:.0f} ms)"
    )
    print(f"the page: {size:,} bytes")
    tell("letter", f"compose and render {MENTIONS} mentions", best, "ms", at_most=COMPOSED_MS)
    if best > COMPOSED_MS:
        yield f"{best:.0f} ms for {MENTIONS} mentions, {COMPOSED_MS:.0f} promised"
    if size > MAX_BYTES:
        yield f"{size:,} bytes, {MAX_BYTES:,} promised"


def measure_homes(sizes: tuple[int, ...]) -> list[str]:
    """Make the letter of one day in homes of different size, and return what takes too long."""
    faults = []
    taken = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            _write_home(home, size)
            best, articles = _publish(home)
        taken.append(best)
        print(f"the letter of a day with {articles} articles out of {size:,}: {best * 1000:.0f} ms")
        if best > MADE_SECONDS:
            faults.append(f"{best:.2f} s out of {size:,} articles, {MADE_SECONDS:.0f} s promised")
    if len(taken) > 1:
        what = f"the letter of a day, {sizes[0]:,} to {sizes[-1]:,} articles"
        tell("letter", what, taken[-1] / taken[0], "x", at_most=GROWTH)
        if taken[-1] > GROWTH * taken[0]:
            faults.append(f"{taken[-1] / taken[0]:.2f} times the time, {GROWTH} promised")
    return faults


def _publish(path: Path) -> tuple[float, int]:
    home = read_home(path)
    db = open_database(home.database)
    try:
        made = publish(home, db, lambda: END)
        return min(_timed(lambda: publish(home, db, lambda: END)) for _ in range(ROUNDS)), made.articles
    finally:
        db.close()


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


# --- a day of mentions -----------------------------------------------------------------------------------


def _stories() -> Iterator[Story]:
    """Give 500 articles: a hundred stories of three, and two hundred of one."""
    number = 0
    for story in range(300):
        size = 3 if story < 100 else 1
        yield Story(id=story, articles=tuple(_article(number + place) for place in range(size)))
        number += size


def _article(number: int) -> Article:
    title = f"Beslut {number} i Katrineholm"
    text = f"{LEAD}\n{BODY * 6}"
    start = text.index("Katrineholms")
    mentions = (
        Mention(start=len(title) - 11, end=len(title), text="Katrineholm", rule="name", where="title"),
        Mention(start=start, end=start + 18, text="Katrineholms kommun", rule="name"),
    )
    place = FoundPlace(
        code="0483",
        name="Katrineholm",
        kind=PlaceKind.MUNICIPALITY,
        about=True,
        score=0.9,
        reason="",
        mentions=mentions,
    )
    at = PERIOD.start + timedelta(minutes=2 * number)
    return Article(
        url=f"https://tidning{number % SOURCES}.example/{number}", source=_feed(number % SOURCES), title=title,
        lead=LEAD, text=text, published=at, published_from="json-ld", seen_at=at, access=Access.FREE, place=place,
    )  # fmt: skip


def _states() -> list[SourceState]:
    return [
        SourceState(
            source=Source(url=_feed(number), name=f"Tidning {number}", source_class=SourceClass.LOCAL_PAPER),
            last=Poll(source=_feed(number), at=END, outcome=PollOutcome.OK),
            last_ok=END,
        )
        for number in range(SOURCES)
    ]


def _feed(number: int) -> str:
    return f"https://tidning{number}.example/feed"


# --- a home of many articles -----------------------------------------------------------------------------


def _write_home(home: Path, size: int) -> None:
    """Write a home with so many articles, 150 a day up to the letter, each day with its letter."""
    (home / "monitor.toml").write_text('municipality = "Katrineholm"\ncode = "0483"\n', encoding="utf-8")
    lines = "".join(f'{_feed(number)} name="Tidning {number}" class=local-paper\n' for number in range(SOURCES))
    (home / "feeds.txt").write_text(lines, encoding="utf-8")
    db = open_database(home / "monitor.db")
    db.execute("pragma foreign_keys = off")
    db.execute("pragma synchronous = off")
    db.execute("drop trigger story_queue_new")
    oldest = to_text(END - timedelta(days=size / A_DAY + 1))
    with transaction(db) as connection:
        connection.executemany(
            "insert into sources (url, kind, name, first_polled, last_ok) values (?, 'feed', '', ?, ?)",
            [(_feed(number), oldest, to_text(END)) for number in range(SOURCES)],
        )
        connection.executemany(
            "insert into polls (source, at, outcome, reason, entries, new) values (?, ?, 'ok', '', 1, 0)",
            [(_feed(number), to_text(END)) for number in range(SOURCES)],
        )
        _write_articles(db, size)
        connection.executemany("insert into digests values (?, ?, ?, ?, 1, ?)", _digests(size // A_DAY))
        connection.execute(
            "insert into digest_articles select id, date(at) from articles where at < ?", [to_text(PERIOD.start)]
        )
    db.close()


def _write_articles(db: Database, size: int) -> None:
    text = f"{LEAD}\n{BODY}"
    start = text.index("Katrineholms")
    step = timedelta(days=1) / A_DAY
    # In order of time, as a crawl writes: the search index is slow to take what comes backwards.
    moments = (to_text(END - (size - number - 0.5) * step) for number in range(size))
    rows = (
        (number + 1, f"a/{number}", f"https://tidning{number % SOURCES}.example/{number}", number + 1,
         _feed(number % SOURCES), f"Beslut {number} i Katrineholm", LEAD, text, at, at, at)
        for number, at in enumerate(moments)
    )  # fmt: skip
    db.conn.executemany(
        """insert into articles (id, key, url, page, source, title, lead, text, at, published, published_from, seen,
               baseline, language, access, author_role, outcome, note, from_feed, code, place, kind, about, prominent,
               score, reason)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'meta', ?, 0, 'sv', 'free', 'newsroom', 'ok', '', 0, '0483',
               'Katrineholm', 'municipality', 1, 1, 0.9, '')""",
        rows,
    )
    db.conn.executemany(
        "insert into mentions values (?, 'text', ?, ?, 'Katrineholms kommun', 'name')",
        ((number, start, start + 19) for number in range(1, size + 1)),
    )
    db.conn.executemany(
        "insert into stories (id, made) values (?, ?)", ((number, to_text(END)) for number in range(1, size // 2 + 1))
    )
    db.conn.executemany(
        "insert into story_articles (article, story, copy, reason) values (?, ?, 0, '')",
        ((number, (number + 1) // 2) for number in range(1, size + 1)),
    )


def _digests(days: int) -> Iterator[tuple[object, ...]]:
    data = '{"figures": [{"number": 150}], "top": {"title": "Beslut i Katrineholm"}, "rest": "' + "x" * 20_000 + '"}'
    for number in range(1, days):
        end = END - timedelta(days=number)
        day: date = end.date()
        yield day.isoformat(), to_text(end - timedelta(days=1)), to_text(end), to_text(end), data


if __name__ == "__main__":
    sys.exit(main())
