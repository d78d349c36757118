"""Database work off the event loop: a few threads, each with a connection that it has for itself while it works.

Readers cannot write (`query_only`), whatever the SQL says. Writing is one thread's work: the pages never
wait for each other's locks, and a write waits a few seconds at most for a crawl's.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from monitor.store.db import open_database

READERS = 4
BUSY_SECONDS = 4.0
"""A person can stand that; then a page with a sentence."""

T = TypeVar("T")
_File = tuple[int, int]


class Connections:
    """Connections to one database file. A file put in its place, such as a backup, is noticed."""

    def __init__(self, path: Path, *, threads: int, writing: bool) -> None:
        self._path = path
        self._writing = writing
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="writer" if writing else "reader")
        self._idle: deque[tuple[_File, Database]] = deque()

    async def run(self, work: Callable[[Database], T]) -> T:
        """Run `work` in one of the threads. Raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def close(self) -> None:
        """Wait for the work that is under way, and close."""
        self._threads.shutdown()
        while self._idle:
            self._idle.pop()[1].close()

    def _run(self, work: Callable[[Database], T]) -> T:
        file, db = self._take()
        try:
            return work(db)
        finally:
            self._idle.append((file, db))

    def _take(self) -> tuple[_File, Database]:
        # No more than the pool's threads are here at a time, so there are never more connections than threads.
        now = _file_of(self._path)
        while self._idle:
            file, db = self._idle.pop()
            if file == now:
                return file, db
            db.close()
        db = open_database(self._path, busy=BUSY_SECONDS, any_thread=True)
        # What a person has saved must survive a power cut; a reader must not be able to save at all.
        db.conn.execute("pragma synchronous = full" if self._writing else "pragma query_only = on")
        return _file_of(self._path), db


def _file_of(path: Path) -> _File:
    """Return what tells this file from another of the same name."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_dev, found.st_ino
