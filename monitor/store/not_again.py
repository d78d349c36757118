"""Addresses that are not taken again, because what stood there was erased for a person.

Kept as keyed digests: the crawl recognises the address when a source names it again, and nobody can read it here.
"""

import hmac
import sqlite3
from collections.abc import Iterable


def remember(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    """Keep the identities (core.urls.identity_key) of addresses away from now on. The caller holds the transaction."""
    connection.executemany(
        "insert or ignore into erased_addresses values (?)",
        [(digest,) for digest in sorted({_digest(connection, key) for key in keys if key})],
    )


def is_erased(connection: sqlite3.Connection, key: str) -> bool:
    """Whether what has this identity was erased."""
    return key in erased_of(connection, [key])


def erased_of(connection: sqlite3.Connection, keys: Iterable[str]) -> frozenset[str]:
    """Return which of these identities were erased."""
    # Nearly every home has erased nothing: one look, no digest.
    if connection.execute("select 1 from erased_addresses limit 1").fetchone() is None:
        return frozenset()
    sql = "select 1 from erased_addresses where digest = ?"
    return frozenset(key for key in keys if connection.execute(sql, [_digest(connection, key)]).fetchone())


def _digest(connection: sqlite3.Connection, key: str) -> str:
    secret = connection.execute("select key from erasure_key").fetchone()[0]
    return hmac.new(bytes.fromhex(secret), key.encode(), "sha256").hexdigest()
