"""WARC files as CC-NEWS lays them out: one gzip member a record, only answers."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

INFO = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2026-03-02T04:00:00Z\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
LABEL = b"Content-Type: application/http; msgtype=response\r\n"
"""What tells that a record is the answer of a web server."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One record: what a site answered, and when."""

    url: str
    body: bytes
    at: str = "2026-03-02T05:00:00Z"
    headers: str = "Content-Type: text/html; charset=utf-8\r\n"
    status: str = "200 OK"


def page(title: str, text: str, *, head: str = "") -> bytes:
    """Return a page with an article."""
    return (
        f"<!doctype html><html lang=sv><head><title>{title}</title>{head}</head><body><main><article>"
        f"<h1>{title}</h1><p>{text}</p><p>Det säger kommunen i ett pressmeddelande på måndagen.</p>"
        "</article></main></body></html>"
    ).encode()


def record(answer: Answer) -> bytes:
    """Return one record, not packed."""
    http = f"HTTP/1.1 {answer.status}\r\n{answer.headers}\r\n".encode() + answer.body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: {answer.at}\r\nWARC-Target-URI: {answer.url}\r\n"
        f"{LABEL.decode()}Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def write_warc(path: Path, answers: Iterable[Answer]) -> Path:
    """Write a packed WARC file, each record a gzip member."""
    path.write_bytes(b"".join(gzip.compress(part, 1, mtime=0) for part in (INFO, *map(record, answers))))
    return path
