"""What goes wrong inside: one source never stops another, and a fault of the store is not swallowed."""

import asyncio
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

from monitor.crawl.base import Polled
from monitor.crawl.run import HomeSpider, Manners, Plan, run_crawl
from monitor.errors import StoreError
from monitor.models import Poll, PollOutcome, Source, Wanted
from tests.crawl.kinds import NOW, work


class FullDisk:
    """An intake that can write no poll of a folder."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []

    def polled(self, polled: Polled) -> list[Wanted]:
        self.outcomes.append(f"{polled.poll.source}: {polled.poll.outcome}: {polled.poll.reason}")
        if polled.poll.source == "inkorg":
            raise StoreError("the disk is full")
        return []

    def fetched(self, *_args: object) -> list[Wanted]:
        return []

    def unavailable(self, *_args: object) -> list[Wanted]:
        return []


def run(home: Path) -> None:
    """Crawl a folder, and a source whose cursor is broken, in a process of its own: a reactor starts once."""
    folder = Source(url="inkorg", kind="folder")
    broken = Source(url="https://polisen.example/api/events", kind="polisen")
    plan = Plan(sources=[folder, broken, folder], cursors={broken.url: {"gone": 3}}, home=home)
    manners = Manners(contact="", delay=0, timeout=1, allow_hosts=(), zone=NOW.tzinfo)  # type: ignore[arg-type]  # it has one
    intake = FullDisk()
    try:
        run_crawl(plan, manners, intake, work, lambda: NOW)
    except StoreError as error:
        print(f"raised: {error}")  # noqa: T201 (read by the test)
    print("\n".join(sorted(intake.outcomes)))  # noqa: T201 (read by the test)


def test_a_fault_of_the_store_is_raised_when_every_source_has_been_asked(tmp_path: Path) -> None:
    code = f"from pathlib import Path; from tests.crawl.test_faults import run; run(Path({str(tmp_path)!r}))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    raised, first, second, third = ended.stdout.splitlines()
    assert raised == "raised: the disk is full"
    assert first.startswith(
        "https://polisen.example/api/events: transient: the site could not be read (ValidationError"
    )
    assert second == third
    assert "inkorg: unreadable: the folder inkorg cannot be used" in second


def test_a_file_that_cannot_be_put_away_is_told_and_what_was_read_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise PermissionError("read only")

    source = Source(url="./inkorg", kind="folder")
    poll = Poll(source=source.url, at=NOW, outcome=PollOutcome.OK)
    spider = HomeSpider(plan=Plan(), intake=FullDisk(), work=work, clock=lambda: NOW, zone=UTC, faults=[])
    asyncio.run(spider._put_away(source, Polled(poll=poll, saved=fail)))
    assert "could not be put away: read only" in caplog.text
