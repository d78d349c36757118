"""Folding articles into stories, measured: versions, copies, events, speed.

    python -m bench.stories [--quick]

Needs the shared data for versions, copies and speed. `--quick` leaves out the run on a million stored articles.
Ends 1 when a figure is below what was promised.
"""

import argparse
import json
import lzma
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bench.story_set import b_cubed, fold_ours, fold_simhash, fold_titles, of_events, read_set
from monitor.core.articles import Arrival
from monitor.core.stories import Sketch, Vector, compare, sketch
from monitor.models import Article, Entry, FoundPlace, Outcome, PlaceKind, Poll, PollOutcome, Refused, Source
from monitor.steps.group import group
from monitor.store import articles as article_store
from monitor.store import intake as intake_store
from monitor.store import sketches as sketch_store
from monitor.store.db import open_database, to_text, transaction

SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "police"
SOURCE = "https://polisen.example/feed"
DAY = 86_400
GROUPED_DAYS = 60
NEW = 2_000
PER_DAY = 3_333

failures: list[str] = []


def main() -> int:
    """Run the measurements and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--group", type=Path, help="(used by itself) fold what waits in this database")
    options = parser.parse_args()
    if options.group:
        fold_and_tell(options.group)
        return 0
    if not SHARED.is_dir():
        print(f"The shared data is not at {SHARED}: set MONITOR_SHARED to the folder above it.")
        return 2
    measure_events()
    measure_versions()
    measure_copies()
    measure_speed((10_000, 100_000) if options.quick else (10_000, 100_000, 1_000_000))
    print("\nBelow what was promised:", "; ".join(failures) or "nothing")
    return 1 if failures else 0


def promise(name: str, value: float, floor: float = float("-inf"), ceiling: float = float("inf")) -> None:
    """Note a figure that is not what was promised."""
    if not floor <= value <= ceiling:
        failures.append(f"{name} {value:.4g}")


def _read(name: str) -> list[dict[str, Any]]:
    with lzma.open(SHARED / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


# --- events --------------------------------------------------------------------------------------------


def measure_events() -> None:
    """Fold the hand-made set; print B-cubed for what was tuned on, what was held back, and both mixed."""
    print("Events (B-cubed precision, recall, F1; over all articles, and over those that share an event)")
    for name, sets in (("tuned on", ["tuned"]), ("held back", ["held"]), ("both", ["tuned", "held"])):
        rows = read_set(*sets)
        gold = {article.url: event for event, article in rows}
        articles = [article for _, article in rows]
        shared = of_events(gold)
        events = len({gold[url] for url in shared})
        print(f"  {name}: {events} events in {len(shared)} articles, {len(gold) - len(shared)} others")
        ways = {"ours": fold_ours, "titles' letter pairs": fold_titles, "simhash, 3 bits": fold_simhash}
        for way, folding in ways.items():
            found = folding(articles)
            everything, told = b_cubed(gold, found), b_cubed(gold, found, shared)
            figures = "   ".join(" ".join(f"{value:.3f}" for value in row) for row in (everything, told))
            print(f"    {way:22} {figures}")
            if way == "ours":
                promise(f"events, {name}", everything[2], 0.90)
        best = max(range(0, 25, 2), key=lambda bits: b_cubed(gold, fold_simhash(articles, bits))[2])
        figures = " ".join(f"{value:.3f}" for value in b_cubed(gold, fold_simhash(articles, best)))
        print(f"    {f'simhash, {best} bits (best)':22} {figures}")


# --- versions ------------------------------------------------------------------------------------------


def measure_versions() -> None:
    """Take every stored version of the police's notices in, as a feed would bring them; then fold some weeks."""
    rows = _read("versions.jsonl.xz")
    rows.sort(key=lambda row: (row["poll"], row["id"]))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "monitor.db")
        intake_store.register_sources(db, [Source(url=SOURCE)])
        for polled in _polls(rows):
            _take_in(db, polled)
        versions: dict[int, set[tuple[str, str]]] = defaultdict(set)
        for row in rows:
            versions[row["id"]].add((row["name"], row["summary"]))
        edited = {str(id_) for id_, wordings in versions.items() if len(wordings) > 1}
        kept = _articles_of(db)
        revised = {row[0] for row in db.execute("select distinct article from revisions").fetchall()}
        folded = sum(len(kept[id_]) == 1 and kept[id_] <= revised for id_ in edited)
        print(f"\nVersions: {len(rows):,} of {len(versions):,} notices taken in, {time.perf_counter() - began:.0f} s")
        print(f"  edited notices that are one article with a revision: {folded / len(edited):.2%} of {len(edited):,}")
        promise("versions", folded / len(edited), 0.99)
        _measure_apart(db, rows, kept)
        db.close()


def _polls(rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Give the versions as one poll a day, and a second one for a notice that changed within the day."""
    polled: list[dict[str, Any]] = []
    for row in rows:
        if polled and (row["poll"] // DAY != polled[0]["poll"] // DAY or any(row["id"] == one["id"] for one in polled)):
            yield polled
            polled = []
        polled.append(row)
    yield polled


def _take_in(db: Database, polled: Sequence[dict[str, Any]]) -> None:
    now = datetime.fromtimestamp(polled[-1]["poll"], UTC)
    entries = [
        Entry(
            key=str(row["id"]),
            id=str(row["id"]),
            url=f"https://polisen.example{row['url']}",
            title=row["name"],
            summary=row["summary"],
            published=_time(row["datetime"]),
        )
        for row in polled
    ]
    intake_store.save_poll(db, Poll(source=SOURCE, at=now, outcome=PollOutcome.OK), entries)
    db.execute("update pages set state = 'unavailable', reason = 'not fetched here' where state = 'waiting'")
    verdicts = []
    for unread in article_store.unread_pages(db, 0, 10_000):
        arrival = article_store.arrival(db, unread, Refused("not fetched here"), area="")
        verdicts.append((unread.id, _from_feed(arrival)))
    article_store.save_verdicts(db, verdicts, now)


def _from_feed(arrival: Arrival) -> Article:
    entry = arrival.entries[0]
    return Article(
        url=arrival.url,
        source=arrival.source,
        title=entry.title,
        lead=entry.summary,
        text=entry.summary,
        published=entry.published,
        seen_at=arrival.seen_at,
        outcome=Outcome.PARTIAL,
        from_feed=True,
        place=_PLACE,
    )


_PLACE = FoundPlace(code="", name="", kind=PlaceKind.MUNICIPALITY, about=True, score=1.0, reason="")


def _time(text: str) -> datetime:
    day, clock, offset = text.split()
    return datetime.fromisoformat(f"{day}T{clock:0>8}{offset}").astimezone(UTC)


def _articles_of(db: Database) -> dict[str, set[int]]:
    """Return the articles of each notice."""
    kept: dict[str, set[int]] = defaultdict(set)
    for native, id_ in db.execute(
        "select e.native_id, a.id from entries e join pages p on p.id = e.page join articles a on a.page = p.id"
    ).fetchall():
        kept[native].add(id_)
    return kept


def _measure_apart(db: Database, rows: Sequence[dict[str, Any]], kept: dict[str, set[int]]) -> None:
    """Fold some weeks day by day; notices of one day and municipality must stay apart."""
    days: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows:
        days[row["datetime"][:10]].setdefault(row["id"], row["location"]["name"])
    chosen = sorted(days)[len(days) // 2 :][:GROUPED_DAYS]
    db.execute("delete from story_queue")
    together = apart = 0
    began = time.perf_counter()
    for day in chosen:
        ids = {id_ for native in days[day] for id_ in kept[str(native)]}
        db.conn.executemany("insert into story_queue values (?)", [(id_,) for id_ in sorted(ids)])
        evening = datetime.fromisoformat(f"{day}T23:59:00+01:00")
        group(db, lambda evening=evening: evening)  # type: ignore[misc]
    stories = dict(db.execute("select article, story from story_articles").fetchall())
    for day in chosen:
        places: dict[str, list[int]] = defaultdict(list)
        for native, place in days[day].items():
            places[place].append(next(iter(kept[str(native)])))
        for articles in places.values():
            for one, other in combinations(articles, 2):
                together += stories[one] == stories[other]
                apart += stories[one] != stories[other]
    share = apart / (apart + together)
    spent = time.perf_counter() - began
    print(f"  pairs of one day and municipality that stay apart: {share:.2%} of {apart + together:,} ({spent:.0f} s)")
    promise("apart", share, 0.99)


# --- copies --------------------------------------------------------------------------------------------


def measure_copies() -> None:
    """Cut, reorder, re-headline and edit real texts; see which are found again through the index."""
    dice = random.Random(20261123)  # noqa: S311 (a seeded script, no secret)
    rows = _read("texts.jsonl.xz")
    long_enough = [row for row in rows if len(" ".join(row["body"]).split()) >= 40]
    chosen = dice.sample(long_enough, 1_500)
    words = sorted({word for row in chosen for word in " ".join(row["body"]).split() if word.isalpha()})
    start = datetime(2026, 11, 20, tzinfo=UTC)
    articles: list[Article] = []
    origin: dict[str, int] = {}
    made: dict[str, str] = {}
    for number, row in enumerate(chosen):
        at = start + timedelta(minutes=dice.randrange(1_440))
        first = _text_article(
            f"https://polisen.example/{number}", SOURCE, row["h1"], [row["preamble"], *row["body"]], at
        )
        articles.append(first)
        origin[first.url] = number
        if number < 1_000:
            for how, title, body in _spoil(row, dice, words):
                url = f"https://{how}.example/{number}"
                later = at + timedelta(hours=dice.randrange(48))
                articles.append(_text_article(url, f"https://{how}.example/feed", title, body, later))
                origin[url], made[url] = number, how
    origin = _one_text(articles, origin)
    found, wrong = _find_copies(articles, origin)
    total = Counter(made.values())
    right = Counter(made[url] for url in found)
    print(f"  {len(made):,} of 1,000 texts with at least 40 words ({len(long_enough):,} of {len(rows):,} have)")
    for how in total:
        print(f"  {how:12} recall {right[how] / total[how]:.3f}")
    recall, precision = len(found) / len(made), len(found) / (len(found) + wrong)
    print(f"  all          recall {recall:.4f}, precision {precision:.4f} ({wrong} wrong pairs)")
    promise("copies, recall", recall, 0.98)
    promise("copies, precision", precision, 0.99)


def _one_text(articles: Sequence[Article], origin: dict[str, int]) -> dict[str, int]:
    """Give texts that the police itself has issued twice one origin: those that share seven words of ten."""
    bags = {origin[one.url]: Counter(one.text.casefold().split()) for one in articles if one.source == SOURCE}
    same = {number: number for number in bags}
    numbers = sorted(bags, key=lambda number: (bags[number].total(), number))
    doubled = 0
    for place, one in enumerate(numbers):
        size = bags[one].total()
        for other in numbers[place + 1 :]:
            if bags[other].total() * 0.7 > size:
                break
            if (bags[one] & bags[other]).total() >= 0.7 * bags[other].total():
                same[other] = same[one]
                doubled += 1
    print(f"\nCopies: pairs of originals that are one text already, counted as such: {doubled}")
    return {url: same[number] for url, number in origin.items()}


def _spoil(row: dict[str, Any], dice: random.Random, words: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    body = [row["preamble"], *row["body"]]
    sentences = [part for block in body for part in block.replace("\n", " ").split(". ")]
    yield "cut", row["h1"], [". ".join(sentences[: max(2, round(len(sentences) * 0.6))])]
    shuffled = dice.sample(body, len(body))
    yield "reordered", row["h1"], shuffled
    yield "reheadlined", " ".join(dice.sample(list(words), 6)).capitalize(), body
    edited = " ".join(body).split()
    for place in dice.sample(range(len(edited)), len(edited) // 10):
        edited[place] = dice.choice(words)
    yield "edited", row["h1"], [" ".join(edited)]


def _text_article(url: str, source: str, title: str, body: Sequence[str], at: datetime) -> Article:
    return Article(
        url=url, source=source, title=title, lead=body[0], text="\n".join(body), published=at, seen_at=at, place=_PLACE
    )


def _find_copies(articles: Sequence[Article], origin: dict[str, int]) -> tuple[set[str], int]:
    """Return the copies that were found to be of their original, and how many pairs of different origin were found."""
    sketches = {number: sketch(article) for number, article in enumerate(articles, 1)}
    found: set[str] = set()
    wrong: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "monitor.db")
        db.execute("pragma foreign_keys = off")
        sketch_store.save_sketches(db, sketches)
        rarity = sketch_store.count_words(db, max(one.at for one in sketches.values()))
        vectors = {number: Vector(one, rarity) for number, one in sketches.items()}
        for number, one in sketches.items():
            for other in sketch_store.find_candidates(db, number, one, rarity):
                if not compare(vectors[number], vectors[other]).copy:
                    continue
                pair = (one.key, sketches[other].key)
                if origin[pair[0]] != origin[pair[1]]:
                    wrong.add((min(pair), max(pair)))
                elif "polisen" in pair[1] and "polisen" not in pair[0]:
                    found.add(pair[0])
        db.close()
    return found, len(wrong)


# --- speed ---------------------------------------------------------------------------------------------


def measure_speed(sizes: Sequence[int]) -> None:
    """Fold one day of 2,000 articles in stores of several sizes, each in a process of its own."""
    rows = _read("texts.jsonl.xz")
    began = time.perf_counter()
    # An article is a long text and a short one; what is made of the same text lies more than a story's open days apart.
    texts = [row for row in rows if _words(row) >= 40], [row for row in rows if _words(row) < 40]
    days = min(sketch_store.KEPT_DAYS, max(sizes) // PER_DAY)
    stored = [sketch(_made_of(texts, number, _LAST)) for number in range(days * PER_DAY)]
    waiting = [_made_of(texts, number, _LAST) for number in range(len(stored), len(stored) + NEW)]
    length = sum(len(article.text.split()) for article in waiting) / NEW
    print(f"\nSpeed: one day of {NEW:,} articles of {length:.0f} words, {PER_DAY:,} stored a day before it", end="")
    print(f" ({time.perf_counter() - began:.0f} s to sketch {len(stored):,})")
    costs = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "monitor.db"
            began = time.perf_counter()
            _fill(path, size, stored[-size:], waiting)
            built = time.perf_counter() - began
            script = [sys.executable, "-m", "bench.stories", "--group", str(path)]
            told = json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
            costs[size] = told["cpu"] / NEW
            print(
                f"  {size:>9,} stored: {told['wall']:.2f} s, {told['cpu']:.2f} s CPU, {1000 * costs[size]:.2f} ms an"
                f" article, {told['mb']:.0f} MB; {told['stories']:,} new stories ({built:.0f} s to build)"
            )
            if size == 100_000:
                promise("seconds for a day", told["wall"], ceiling=5)
                promise("MB", told["mb"], ceiling=300)
    growth = costs[sizes[-1]] / costs[sizes[0]]
    print(f"  cost per article from {sizes[0]:,} to {sizes[-1]:,}: {growth:.2f} times")
    promise("growth", growth, ceiling=1.3)


def _words(row: dict[str, Any]) -> int:
    return len(" ".join(row["body"]).split())


def fold_and_tell(path: Path) -> None:
    """Fold what waits in a database; print time and memory as JSON."""
    db = open_database(path)
    wall, cpu = time.perf_counter(), time.process_time()
    folded, stories = group(db, lambda: _LAST)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert folded == NEW, folded
    # Not getrusage: its maximum is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    mb = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]
    print(json.dumps({"wall": wall, "cpu": cpu, "mb": mb, "stories": stories}))


_LAST = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)


def _fill(path: Path, size: int, sketches: Sequence[Sketch], waiting: Sequence[Article]) -> None:
    """Store `size` articles up to a day ago, the latest with their sketches, and a day's that wait."""
    dice = random.Random(size)  # noqa: S311 (a seeded script, no secret)
    db = open_database(path)
    for statement in (
        "pragma foreign_keys = off",
        "pragma synchronous = off",
        "drop trigger archive_new",  # the search index has no part in folding
        "drop trigger story_queue_new",
    ):
        db.execute(statement)
    blank = article_store._to_row(replace(waiting[0], text="", lead=""))  # noqa: SLF001 (the store's own row)
    marks = ", ".join("?" * (len(blank) + 2))
    insert = f"insert into articles (page, key, {', '.join(blank)}) values ({marks})"  # noqa: S608
    with transaction(db) as connection:
        connection.execute("insert into sources (url, kind, name) values (?, 'feed', '')", [SOURCE])
        connection.execute(
            "insert into pages (id, key, url, source, state, newest) values (1, 'x', '', ?, 'taken', '')", [SOURCE]
        )
        rows = (
            blank | {"url": f"https://a.example/{number}", "at": to_text(_stored_at(number, size))}
            for number in range(size)
        )
        connection.executemany(insert, ([1, row["url"], *row.values()] for row in rows))
        connection.execute("insert into stories (made) select '' from articles")
        connection.execute(
            "insert into story_articles (article, story, copy, reason) select id, id, 0, '' from articles"
        )
        connection.execute(
            "insert into digests (day, starts, ends, made, data, complete) values ('d', '', '', '', '', 1)"
        )
        connection.execute("insert into digest_articles select id, 'd' from articles")
    first = size - len(sketches)
    for start in range(0, len(sketches), 5_000):
        chosen = {
            first + number + 1: replace(
                sketches[number],
                at=_stored_at(first + number, size).timestamp(),
                key=f"https://a.example/{first + number}",
            )
            for number in range(start, min(len(sketches), start + 5_000))
        }
        sketch_store.save_sketches(db, chosen)
    with transaction(db) as connection:
        for article in waiting:
            at = _LAST - timedelta(seconds=dice.randrange(DAY))
            values = article_store._to_row(replace(article, published=at, seen_at=at))  # noqa: SLF001
            id_ = connection.execute(insert, [1, article.url, *values.values()]).lastrowid
            connection.execute("insert into story_queue values (?)", [id_])
    db.execute("analyze")
    db.close()


def _stored_at(number: int, size: int) -> datetime:
    return _LAST - timedelta(days=1) - timedelta(seconds=(size - number) * DAY / PER_DAY)


def _made_of(texts: tuple[list[dict[str, Any]], list[dict[str, Any]]], number: int, at: datetime) -> Article:
    one, other = (part[number % len(part)] for part in texts)
    paper = f"https://paper{number % 40}.example"
    body = [one["preamble"], *one["body"], other["preamble"], *other["body"]]
    return _text_article(f"{paper}/{number}", f"{paper}/feed", one["h1"].split(", ", 1)[-1], body, at)


if __name__ == "__main__":
    sys.exit(main())
