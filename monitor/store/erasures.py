"""Erase a person: find a name everywhere in the database, take it out in one transaction, keep a row without it.

Every column of every table is looked through, so that a table of tomorrow is not forgotten (decision 0016). A few
tables have a rule of their own; in all others the name is replaced by "[borttaget]".
"""

import contextlib
import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from monitor.core.erasing import Name
from monitor.core.urls import identity_key
from monitor.errors import StoreError
from monitor.store import not_again
from monitor.store.db import to_text, transaction

EXCERPTS = 5
"""Rows of each table whose words are shown to the administrator."""
_OURS = frozenset(
    {"_sqlite_migrations", "accounts", "sessions", "erasures", "erased_addresses", "erasure_key", "log_permits"}
)
_INNER = ("data", "idx", "content", "docsize", "config")
"""Tables that an FTS5 index keeps for itself."""
_OF_CASES = {"cases": "id", "case_events": "case_id", "case_texts": "case_id"}
"""Tables of cases, and the column that says of which."""
ERASED = "erased for a person"


class Way(StrEnum):
    """What becomes of the texts."""

    DELETE = "delete"
    """Articles and entries that name the person go whole."""
    HIDE = "hide"
    """They stay, with "[borttaget]" in place of the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that holds the name."""

    table: str
    key: tuple[Any, ...]
    """Values of its primary key."""
    columns: tuple[str, ...]
    excerpt: str
    kept: bool = False
    """It belongs to a case that is a public document: arkivlagen keeps it."""


@dataclass(slots=True)
class Found:
    """Where a name stands in the database."""

    rows: Counter[str] = field(default_factory=Counter)
    """Table -> rows that can go."""
    kept: Counter[str] = field(default_factory=Counter)
    """Table -> rows of registered cases."""
    excerpts: dict[str, list[str]] = field(default_factory=dict)


def find_person(db: Database, name: Name) -> Found:
    """Return where `name` stands: table -> rows, with a few words around it. Reads only."""
    return _found(_sweep(db.conn, name))


def _found(hits: Iterator[Hit] | list[Hit]) -> Found:
    found = Found()
    for hit in hits:
        (found.kept if hit.kept else found.rows)[hit.table] += 1
        shown = found.excerpts.setdefault(hit.table, [])
        if len(shown) < EXCERPTS:
            shown.append(hit.excerpt)
    return found


def erase_person(
    db: Database, name: Name, *, way: Way, decision: str, role: str, at: datetime, files: int = 0
) -> Found:
    """Take `name` out of the database in one transaction, and out of the bytes of its file.

    Raises StoreError when the database cannot be written; nothing has changed then. Addresses of what named the person
    are not taken again. What stays is a row: which way, how many rows of which table and how many `files` were written
    anew, when, who, by which decision.
    """
    connection = db.conn
    with transaction(db):
        hits = list(_sweep(connection, name))
        found = _found(hits)
        free = [hit for hit in hits if not hit.kept]
        cases = "log_permits" in _tables(connection)
        if cases:
            connection.execute("insert into log_permits values (?)", [ERASED])
        articles = _articles_of(connection, free)
        _keep_away(connection, free, articles)
        _forget_folding(connection, articles, name)
        whole = articles if way is Way.DELETE else _named_in_address(connection, articles, name)
        _delete_articles(connection, whole)
        _move_mentions(connection, articles - whole, name)
        _close_pages(connection, free)
        _hide_rest(connection, name)
        if cases:
            connection.execute("delete from log_permits")
        for table in _indexes(connection):
            connection.execute(f'insert into "{table}" ("{table}") values (\'optimize\')')  # noqa: S608 (from the schema)
        connection.execute(
            "insert into erasures (at, role, decision, way, places) values (?, ?, ?, ?, ?)",
            [to_text(at), role, decision, way.value, json.dumps(found.rows | ({"files": files} if files else {}))],
        )
    _overwrite(connection)
    return found


def list_erasures(db: Database) -> list[dict[str, Any]]:
    """Return what was erased, newest first: never for whom."""
    sql = "select at, role, decision, way, places from erasures order by id desc"
    return [{**row, "places": json.loads(row["places"])} for row in db.query(sql)]


# --- finding -------------------------------------------------------------------------------------------


def _tables(connection: sqlite3.Connection) -> set[str]:
    """Return the tables that hold rows of their own; not an index and its inner tables."""
    rows = connection.execute("select name, sql from sqlite_master where type = 'table'").fetchall()
    virtual = {name for name, sql in rows if sql and sql.lower().startswith("create virtual")}
    inner = {f"{index}_{part}" for index in virtual for part in _INNER}
    return {name for name, _ in rows if not name.startswith("sqlite_")} - virtual - inner


def _indexes(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("select name, sql from sqlite_master where type = 'table'").fetchall()
    return [name for name, sql in rows if sql and "using fts5" in sql.lower()]


def _sweep(connection: sqlite3.Connection, name: Name) -> Iterator[Hit]:
    kept = _registered(connection)
    for table in sorted(_tables(connection) - _OURS):
        info = connection.execute(f'pragma table_info("{table}")').fetchall()
        keys = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]] or ["rowid"]
        columns = [row[1] for row in info if row[2].upper() in ("TEXT", "BLOB")]
        if not columns:
            continue
        chosen = ", ".join(f'"{column}"' for column in [*keys, *columns])
        case = [column for column in (_OF_CASES.get(table),) if column]
        sql = f'select {", ".join([*case, chosen])} from "{table}"'  # noqa: S608 (names from the schema)
        for row in connection.execute(sql):
            values = row[len(case) + len(keys) :]
            texts = {column: _text_of(value) for column, value in zip(columns, values, strict=True) if value}
            held = {column: text for column, text in texts.items() if name.stands_in(text)}
            if held:
                yield Hit(
                    table=table,
                    key=tuple(row[len(case) : len(case) + len(keys)]),
                    columns=tuple(held),
                    excerpt=name.excerpt(next(iter(held.values()))),
                    kept=bool(case) and row[0] in kept,
                )


def _text_of(value: str | bytes) -> str:
    if isinstance(value, str):
        return value
    with contextlib.suppress(zlib.error):
        value = zlib.decompress(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        # A page in another encoding, or packed values: "ignore" leaves the words between.
        return value.decode("cp1252", "replace") + value.decode("utf-8", "ignore")


def _registered(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the cases that are public documents in the register or kept in order: they stay (arkivlagen 10 §)."""
    if "cases" not in _tables(connection):
        return frozenset()
    sql = """select id from cases where diary_number != ''
             or json_extract(data, '$.registration') in ('register', 'ordered')"""
    return frozenset(row[0] for row in connection.execute(sql))


# --- taking out ----------------------------------------------------------------------------------------


def _articles_of(connection: sqlite3.Connection, hits: Collection[Hit]) -> set[int]:
    """Return the articles that name the person: in their words, an earlier wording, or a source's words of them."""
    found = {hit.key[0] for hit in hits if hit.table in ("articles", "mentions")}
    for hit in hits:
        if hit.table == "revisions":
            found.update(_column(connection, "select article from revisions where id = ?", hit.key[0]))
        elif hit.table == "entries":
            sql = "select a.id from entries e join articles a on a.page = e.page where e.id = ?"
            found.update(_column(connection, sql, hit.key[0]))
    return found


def _named_in_address(connection: sqlite3.Connection, articles: Collection[int], name: Name) -> set[int]:
    """Return the articles whose address names the person: an address cannot be hidden and still lead somewhere."""
    return {
        id_
        for id_ in articles
        if any(
            map(
                name.stands_in,
                _column(connection, "select url || ' ' || key || ' ' || source from articles where id = ?", id_),
            )
        )
    }


def _column(connection: sqlite3.Connection, sql: str, value: Any) -> list[Any]:
    return [row[0] for row in connection.execute(sql, [value]).fetchall()]


def _keep_away(connection: sqlite3.Connection, hits: Collection[Hit], articles: Collection[int]) -> None:
    keys: set[str] = set()
    for id_ in articles:
        keys.update(_column(connection, "select key from articles where id = ?", id_))
        keys.update(
            _column(connection, "select p.key from articles a join pages p on p.id = a.page where a.id = ?", id_)
        )
        sql = "select e.source || '#' || e.key from articles a join entries e on e.page = a.page where a.id = ?"
        keys.update(_column(connection, sql, id_))
    for hit in hits:
        if hit.table == "pages":
            keys.update(_column(connection, "select key from pages where id = ?", hit.key[0]))
        elif hit.table == "entries":
            sql = "select source, key, url from entries where id = ?"
            source, key, url = connection.execute(sql, [hit.key[0]]).fetchone()
            keys.update((f"{source}#{key}", identity_key(url) if url else ""))
    not_again.remember(connection, keys)


def _forget_folding(connection: sqlite3.Connection, articles: Collection[int], name: Name) -> None:
    """Forget the words by which folding knew the articles; they are folded again from what remains."""
    for id_ in articles:
        connection.execute("delete from story_keys where article = ?", [id_])
        connection.execute("delete from story_sketches where article = ?", [id_])
        connection.execute(
            "update story_articles set evidence = '', reason = '' where article = ? or near = ?", [id_, id_]
        )
        connection.execute("update story_articles set near = null where near = ?", [id_])
    connection.executemany("delete from story_words where word = ?", [(word,) for word in sorted(name.stems)])


def _delete_articles(connection: sqlite3.Connection, articles: Collection[int]) -> None:
    for id_ in articles:
        pages = _column(connection, "select page from articles where id = ?", id_)
        connection.execute("delete from articles where id = ?", [id_])
        for page in pages:
            connection.execute("delete from entries where page = ?", [page])
            _blank_page(connection, page)


def _move_mentions(connection: sqlite3.Connection, articles: Collection[int], name: Name) -> None:
    """Let the mentions of the town stand where their words will stand."""
    for id_ in articles:
        row = connection.execute("select title, text from articles where id = ?", [id_]).fetchone()
        text = dict(zip(("title", "text"), row, strict=True))
        mentions = connection.execute("select place_in, start, stop, text, rule from mentions where article = ?", [id_])
        moved = [
            (id_, place, *span, words, rule)
            for place, start, stop, words, rule in mentions.fetchall()
            if (span := name.moved(text.get(place, ""), start, stop)) is not None
        ]
        connection.execute("delete from mentions where article = ?", [id_])
        connection.executemany("insert or ignore into mentions values (?, ?, ?, ?, ?, ?)", moved)


def _close_pages(connection: sqlite3.Connection, hits: Collection[Hit]) -> None:
    """A page that names the person and is not read yet is never read; nor is one that a source's words named."""
    for hit in hits:
        if hit.table == "pages":
            _blank_page(connection, hit.key[0])
        elif hit.table == "entries":
            for page in _column(connection, "select page from entries where id = ?", hit.key[0]):
                connection.execute(
                    "update pages set state = 'rejected', reason = ?, body = null, retry = null where id = ?",
                    [ERASED, page],
                )


def _blank_page(connection: sqlite3.Connection, page: int) -> None:
    connection.execute(
        """update pages set key = ?, url = '', final_url = '', state = 'rejected', reason = ?, body = null,
               retry = null where id = ?""",
        [f"erased#{page}", ERASED, page],
    )


def _hide_rest(connection: sqlite3.Connection, name: Name) -> None:
    for hit in list(_sweep(connection, name)):
        if hit.kept:
            continue
        info = connection.execute(f'pragma table_info("{hit.table}")').fetchall()
        keys = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]] or ["rowid"]
        where = " and ".join(f'"{key}" = ?' for key in keys)
        chosen = ", ".join(f'"{column}"' for column in hit.columns)
        sql = f'select {chosen} from "{hit.table}" where {where}'  # noqa: S608 (names from the schema)
        values = connection.execute(sql, hit.key).fetchone()
        changes = ", ".join(f'"{column}" = ?' for column in hit.columns)
        hidden = [name.hide(value) if isinstance(value, str) else None for value in values]
        try:
            sql = f'update "{hit.table}" set {changes} where {where}'  # noqa: S608 (names from the schema)
            connection.execute(sql, [*hidden, *hit.key])
        except sqlite3.IntegrityError:
            # Its identity is the name itself, or it cannot be empty: the row goes.
            connection.execute(f'delete from "{hit.table}" where {where}', hit.key)  # noqa: S608


def _overwrite(connection: sqlite3.Connection) -> None:
    """Write the file anew, so that no byte of what was deleted is left in it, nor in the log of changes beside it."""
    try:
        connection.execute("vacuum")
        busy = connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise StoreError(f"{LEFT}: {error}") from error
    if busy:
        raise StoreError(LEFT)


LEFT = (
    "the rows are erased, but the database file could not be written anew while another program reads it. "
    "Erase once more when it has ended: until then bytes may remain in the file"
)
