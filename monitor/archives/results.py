"""What one archive file brought, as Parquet: written whole or not at all, and read back by the home."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from monitor.core.archives import Find
from monitor.files import write_whole
from monitor.models import Access, AuthorRole, Outcome, PageReading, StorePolicy

SCHEMA = pa.schema(
    [
        ("url", pa.string()),
        ("fetched_at", pa.timestamp("us", tz="UTC")),
        ("store", pa.string()),
        ("store_reason", pa.string()),
        ("outcome", pa.string()),
        ("reason", pa.string()),
        ("canonical_url", pa.string()),
        ("title", pa.string()),
        ("lead", pa.string()),
        ("blocks", pa.list_(pa.string())),
        ("published", pa.timestamp("us", tz="UTC")),
        ("published_from", pa.string()),
        ("published_raw", pa.string()),
        ("language", pa.string()),
        ("access", pa.string()),
        ("author_role", pa.string()),
    ]
)
_KEY = b"monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One file, as far as it could be read."""

    records: int
    problem: str = ""
    passed: dict[str, int] = field(default_factory=dict)
    """Why answers are no finds, and how many."""
    finds: tuple[Find, ...] = ()


def write_results(path: Path, scanned: Scanned) -> None:
    """Write what was found in one file; whoever sees the file sees all of it."""
    told = json.dumps({"records": scanned.records, "problem": scanned.problem, "passed": scanned.passed})
    table = pa.Table.from_pylist([_row(find) for find in scanned.finds], SCHEMA.with_metadata({_KEY: told}))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_whole(path, sink.getvalue().to_pybytes())


def read_results(path: Path) -> Scanned:
    """Read what was found in one file. Raises OSError or ValueError when it is no such file."""
    table = pq.read_table(path, schema=SCHEMA)
    told = json.loads((pq.read_schema(path).metadata or {})[_KEY])
    return Scanned(
        records=told["records"],
        problem=told["problem"],
        passed=told["passed"],
        finds=tuple(map(_find, _rows(table))),
    )


def _rows(table: pa.Table) -> Iterable[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _row(find: Find) -> dict[str, Any]:
    reading = find.reading
    return {
        "url": find.url,
        "fetched_at": find.fetched_at,
        "store": find.store.value,
        "store_reason": find.store_reason,
        "outcome": reading.outcome.value,
        "reason": reading.reason,
        "canonical_url": reading.url,
        "title": reading.title,
        "lead": reading.lead,
        "blocks": list(reading.blocks),
        "published": reading.published,
        "published_from": reading.published_from,
        "published_raw": reading.published_raw,
        "language": reading.language,
        "access": reading.access.value,
        "author_role": reading.author_role.value,
    }


def _find(row: dict[str, Any]) -> Find:
    reading = PageReading(
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        url=row["canonical_url"],
        title=row["title"],
        lead=row["lead"],
        blocks=tuple(row["blocks"]),
        published=row["published"],
        published_from=row["published_from"],
        published_raw=row["published_raw"],
        language=row["language"],
        access=Access(row["access"]),
        author_role=AuthorRole(row["author_role"]),
    )
    return Find(
        url=row["url"],
        fetched_at=row["fetched_at"],
        store=StorePolicy(row["store"]),
        store_reason=row["store_reason"],
        reading=reading,
    )
