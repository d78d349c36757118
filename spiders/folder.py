"""A folder of the home into which people put files: `folder ./inkorg` in feeds.txt.

CSV and JSON lists (`url;title;text;published;source`) and mails (.eml). What was read moves to `taken/`, what could not
be read to `refused/` with the reason beside it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from monitor.core.drops import read_drop
from monitor.crawl.base import Fetch, Polled, SourceSpider
from monitor.crawl.drop_folder import MAX_BYTES, Drop, DropFolder
from monitor.models import Cursor, Entry, FeedReading, Outcome, PollOutcome, Refused, Source, Validators


class FolderSpider(SourceSpider):
    """Asks nobody: what a person has put there is new, also at the first time."""

    name = kind = "folder"

    async def poll(self, source: Source, validators: Validators, cursor: Cursor, fetch: Fetch) -> Polled:
        """Read the files at rest; they are moved once their entries are saved."""
        folder = DropFolder(self.home / source.url)
        try:
            await asyncio.to_thread(folder.prepare)
            drops = await asyncio.to_thread(folder.waiting, self.clock())
        except OSError as error:
            reason = f"the folder {source.url} cannot be used: {error.strerror or error}"
            return Polled(poll=self.failed(source, PollOutcome.UNREADABLE, reason))
        entries: list[Entry] = []
        taken: list[Path] = []
        refused: list[tuple[Path, str]] = []
        said: list[str] = []
        for drop in drops:
            reading = await self._read(drop)
            if isinstance(reading, Refused) or reading.outcome is Outcome.REFUSED:
                refused.append((drop.path, reading.reason))
                said.append(f"{drop.shown} was refused: {reading.reason}")
            else:
                entries += reading.entries
                taken.append(drop.path)
                said += [f"{drop.shown}: {reading.reason}"] if reading.reason else []
        return self._polled(source, entries, said, partial(folder.put_away, taken, refused) if drops else None)

    async def _read(self, drop: Drop) -> FeedReading | Refused:
        if drop.body is None:
            return Refused(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
        return await self.work(partial(read_drop, zone=self.zone), drop.path.name, drop.body, self.clock())

    def _polled(
        self, source: Source, entries: list[Entry], said: list[str], saved: Callable[[], None] | None
    ) -> Polled:
        failed = self.failed(source, PollOutcome.UNREADABLE, "; ".join(said)) if said and not entries else None
        polled = self.gather(source, entries, reason="; ".join(said), failed=failed)
        # A folder is empty as a rule: that is no sign that something is wrong.
        outcome = polled.poll.outcome if saved else PollOutcome.NOT_MODIFIED
        return replace(polled, poll=replace(polled.poll, fresh=True, outcome=outcome), saved=saved)
