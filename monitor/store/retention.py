"""What is too old goes; what went is counted, never described.

A log row says what of which class went, how much, older than what, and by which decision. What is registered is not
touched: the texts of cases are copies of their own (`case_texts`).
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlite_utils import Database

from monitor.core.retention import PURGED, headline_kept, quote_kept
from monitor.models import Source, SourceClass, StorePolicy
from monitor.store.articles import read_articles
from monitor.store.db import time_of, to_text, transaction

DAYS_COUNTED = timedelta(days=3 * 366)
"""How long the polls of each day are counted for the statistics, which tell days without any from days without news."""
SITE_FILES = timedelta(days=30)
"""How long robots.txt of a site that is asked no more is remembered."""
_MERGED = timedelta(days=7)
_BATCH = 500


class What(StrEnum):
    """What a rule of the purge takes."""

    PAGES = "page bytes"
    ARTICLES = "article text"
    ENTRIES = "feed text"
    HEADLINES = "headline of what does not name the town"
    LETTERS = "letter"
    POLLS = "poll"
    DAYS = "count of a day's polls"
    SITE_FILES = "what a site says to programs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What has its time over: whatever is older than these."""

    texts: Mapping[SourceClass, datetime]
    polls: datetime
    letters: datetime | None = None
    """None: letters are kept."""
    sources: Sequence[Source] = ()
    """What feeds.txt says of each now; one that stands there no more is what it was."""
    decision: str = ""
    """Number of the decision in the municipality's own register; it stands in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What one rule took, or would take."""

    what: What
    source_class: str = ""
    """"" for what has no class."""
    rule: str
    """Which line of the settings says so."""
    before: datetime
    rows: int
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Which rows of `table` go, how old each is, and what happens to them: a change of the row, or "" for its end."""

    what: What
    table: str
    age: str
    chosen: str
    change: str = ""
    values: Sequence[str | None] = ()
    source_class: str = ""
    rule: str
    before: datetime


def purge(db: Database, now: datetime, limits: Limits, *, pretend: bool = False) -> tuple[Gone, ...]:
    """Take what is older than `limits`; return what each rule took. With `pretend`, only count: nothing is written.

    An article keeps headline, address, source, mentions and a quote (core.retention). A source's own `keep_days` count
    where they are sooner, and of a source that is link only all text goes at once. One transaction.
    """
    taken: set[tuple[str, int]] = set()
    if pretend:
        return tuple(_gone(rule, _chosen(db.conn, rule, taken)) for rule in _rules(db, now, limits))
    told = []
    with transaction(db) as connection:
        for rule in list(_rules(db, now, limits)):
            found = _chosen(connection, rule, taken)
            _take(db, connection, rule, [id_ for id_, _ in found])
            told.append(_gone(rule, found))
        _log(connection, now, limits.decision, told)
    _overwrite(db, now)
    return tuple(told)


# --- the rules -----------------------------------------------------------------------------------------

_WORDS = {
    "articles": ("at", "(text != '' or lead != '')"),
    "entries": ("coalesce(published, first_seen)", "(summary != '' or content != '')"),
}
_NOT_TAKEN = "exists (select 1 from pages p where p.id = page and p.state in ('no mention', 'rejected'))"
_CHANGED = {"articles": "text = '', lead = ''", "entries": "summary = '', content = '', links = '[]'"}


def _rules(db: Database, now: datetime, limits: Limits) -> Iterator[_Rule]:
    """Give every rule; what two of them would take counts for the first."""
    yield _Rule(
        what=What.PAGES, table="pages", age="expires", chosen="body is not null and expires <= ?",
        change="""body = null,
            reason = case state when 'kept' then 'its bytes expired before they were read' else reason end,
            state = case state when 'kept' then 'rejected' else state end""",
        values=[to_text(now)], rule="[retention] pages_days", before=now,
    )  # fmt: skip
    sources = _known_sources(db, limits.sources)
    yield from _rules_of_sources(sources, now)
    for source_class, before in limits.texts.items():
        urls = [source.url for source in sources if source.source_class is source_class]
        yield from _rules_of_class(source_class, before, urls)
    yield _Rule(
        what=What.POLLS, table="polls", age="at", values=[to_text(limits.polls)],
        # How a source is now is its last poll, however old.
        chosen="at < ? and exists (select 1 from polls l where l.source = polls.source and l.at > polls.at)",
        rule="[retention] polls_days", before=limits.polls,
    )  # fmt: skip
    if limits.letters:
        yield _Rule(
            what=What.LETTERS, table="digests", age="day", chosen="day < ? and data != 'null'", change="data = 'null'",
            values=[limits.letters.date().isoformat()], rule="[retention] letters_days", before=limits.letters,
        )  # fmt: skip
    counted, asked = now - DAYS_COUNTED, now - SITE_FILES
    yield _Rule(
        what=What.DAYS, table="source_days", age="day", chosen="day < ?", values=[counted.date().isoformat()],
        rule="three years", before=counted,
    )  # fmt: skip
    yield _Rule(
        what=What.SITE_FILES, table="site_files", age="asked", chosen="asked < ?", values=[to_text(asked)],
        rule="30 days", before=asked,
    )  # fmt: skip


def _known_sources(db: Database, listed: Sequence[Source]) -> list[Source]:
    known = {
        url: Source(url=url, source_class=SourceClass(source_class), store=StorePolicy(store), keep_days=days)
        for url, source_class, store, days in db.execute("select url, class, store, keep_days from sources").fetchall()
    }
    return list((known | {source.url: source for source in listed}).values())


def _rules_of_sources(sources: Sequence[Source], now: datetime) -> Iterator[_Rule]:
    """Give the rules of the sources whose texts are kept shorter than those of their class."""
    for source in sources:
        link_only = source.store is StorePolicy.LINK
        if not (link_only or source.keep_days):
            continue
        before = now + timedelta(days=1) if link_only else now - timedelta(days=source.keep_days)
        for what, table in ((What.ARTICLES, "articles"), (What.ENTRIES, "entries")):
            age, words = _WORDS[table]
            yield _Rule(
                what=what, table=table, age=age, chosen=f"{age} < ? and {words} and +source = ?",
                change=_CHANGED[table], values=[to_text(before), source.url], source_class=source.source_class.value,
                rule="store=link of its source" if link_only else "keep_days of its source", before=before,
            )  # fmt: skip


def _rules_of_class(source_class: SourceClass, before: datetime, urls: Sequence[str]) -> Iterator[_Rule]:
    social = headline_kept("", source_class) == PURGED
    of_class = "+source in (select value from json_each(?))"  # "+": found by what still has words
    values = [to_text(before), json.dumps(urls)]
    for what, table, gone in ((What.ARTICLES, "articles", PURGED), (What.ENTRIES, "entries", "")):
        age, words = _WORDS[table]
        some = f"({words} or title != '{gone}')" if social else words
        yield _Rule(
            what=what, table=table, age=age, chosen=f"{age} < ? and {some} and {of_class}",
            change=_CHANGED[table] + (f", title = '{gone}'" if social else ""), values=values,
            source_class=source_class.value, rule="[retention]", before=before,
        )  # fmt: skip
    age, _ = _WORDS["entries"]
    yield _Rule(
        what=What.HEADLINES, table="entries", age=age, change="title = ''", values=values,
        chosen=f"{age} < ? and title != '' and {of_class} and {_NOT_TAKEN}",
        source_class=source_class.value, rule="[retention]", before=before,
    )  # fmt: skip


# --- taking --------------------------------------------------------------------------------------------


def _chosen(connection: sqlite3.Connection, rule: _Rule, taken: set[tuple[str, int]]) -> list[tuple[int, str]]:
    """Return (row, age) of what a rule takes and no rule before it took."""
    key = {What.DAYS: "source || ' ' || day", What.SITE_FILES: "url"}.get(rule.what, "rowid")
    sql = f"select {key}, {rule.age} from {rule.table} where {rule.chosen}"  # noqa: S608 (constants of this module)
    found = [row for row in connection.execute(sql, rule.values).fetchall() if (rule.what, row[0]) not in taken]
    taken.update((rule.what, id_) for id_, _ in found)
    return found


def _take(db: Database, connection: sqlite3.Connection, rule: _Rule, ids: Sequence[int]) -> None:
    if not ids:
        return
    if not rule.change:
        connection.execute(f"delete from {rule.table} where {rule.chosen}", rule.values)  # noqa: S608 (constants)
        return
    if rule.table == "articles":
        _keep_quotes(db, connection, ids, SourceClass(rule.source_class), link_only=rule.rule.startswith("store=link"))
    change = f"update {rule.table} set {rule.change} where rowid = ?"  # noqa: S608 (constants of this module)
    connection.executemany(change, [(id_,) for id_ in ids])
    if rule.table == "articles":
        for start in range(0, len(ids), _BATCH):
            _forget_folding(connection, json.dumps(ids[start : start + _BATCH]), headline="title" in rule.change)


def _forget_folding(connection: sqlite3.Connection, ids: str, *, headline: bool) -> None:
    """Forget by which words folding knew articles (`ids` as JSON). That a headline went is no news of its story."""
    of_these = "article in (select value from json_each(?))"
    if connection.execute(f"delete from story_sketches where {of_these}", [ids]).rowcount:  # noqa: S608 (a constant)
        connection.execute(f"delete from story_keys where {of_these}", [ids])  # noqa: S608 (a constant)
    connection.execute(f"update story_articles set evidence = '' where {of_these}", [ids])  # noqa: S608 (a constant)
    if headline:
        connection.execute(f"update revisions set title = ? where {of_these}", [PURGED, ids])  # noqa: S608 (a constant)
    connection.execute(
        f"delete from story_queue where {of_these} and article in (select article from story_articles)",  # noqa: S608
        [ids],
    )


def _keep_quotes(
    db: Database, connection: sqlite3.Connection, ids: Sequence[int], source_class: SourceClass, *, link_only: bool
) -> None:
    for start in range(0, len(ids), _BATCH):
        chosen = ids[start : start + _BATCH]
        quotes = [
            ("" if link_only else quote_kept(article, source_class), id_)
            for id_, article in read_articles(db, chosen).items()
        ]
        connection.executemany("update articles set quote = ? where id = ?", quotes)


def _gone(rule: _Rule, found: Sequence[tuple[int, str]]) -> Gone:
    ages = [age for _, age in found]
    return Gone(
        what=rule.what, source_class=rule.source_class, rule=rule.rule, before=rule.before, rows=len(found),
        oldest=_moment(min(ages)) if ages else None,
    )  # fmt: skip


def _moment(text: str) -> datetime:
    return time_of(text if "T" in text else f"{text}T00:00:00+00:00")


def _log(connection: sqlite3.Connection, now: datetime, decision: str, told: Sequence[Gone]) -> None:
    connection.executemany(
        "insert into deletions (at, rule, rows, class, before, decision) values (?, ?, ?, ?, ?, ?)",
        [
            (to_text(now), f"{gone.what}: {gone.rule}", gone.rows, gone.source_class, to_text(gone.before), decision)
            for gone in told
            if gone.rows
        ],
    )


def _overwrite(db: Database, now: datetime) -> None:
    """Let no word of what went lie about: in old parts of the index, or in the log beside the database."""
    row = db.execute("select value from archive_state where name = 'merged'").fetchone()
    if row is None or time_of(row[0]) <= now - _MERGED:
        with transaction(db) as connection:
            connection.execute("insert into archive_words (archive_words) values ('optimize')")
            connection.execute("insert or replace into archive_state values ('merged', ?)", [to_text(now)])
    # A reader at work keeps the log; the next purge empties it.
    db.execute("pragma wal_checkpoint(truncate)").fetchone()


def list_deletions(db: Database, limit: int = -1) -> list[dict[str, object]]:
    """Return the log, newest first: when, what of which class, how much, older than what, by which decision."""
    sql = "select at, rule, class, rows, before, decision from deletions order by id desc limit ?"
    return list(db.query(sql, [limit]))
