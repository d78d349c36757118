"""A text that a person has seen: fetched once by the rules, judged, and in the letter like others."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import SEEN, read_home
from monitor.core.urls import identity_key
from monitor.crawl.base import Intake, Work
from monitor.crawl.run import Manners, Plan
from monitor.errors import UsageError
from monitor.models import Clock, PageState, Unavailable
from monitor.steps import seen
from monitor.steps.seen import add_seen
from monitor.store import not_again
from monitor.store.db import transaction
from tests.command import call, monitor
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]
TEXT = "Katrineholms kommun bygger om badhuset i Katrineholm. Arbetet börjar i vår och kostar pengar."


def test_an_item_is_fetched_judged_and_in_the_letter_as_seen_by_a_person(web: Web, make_home: MakeHome) -> None:
    web["/badhuset"] = (
        '<html lang="sv"><head><title>Badhuset byggs om</title><meta property="article:published_time" '
        f'content="2026-11-23T16:00:00+01:00"></head><body><article><h1>Badhuset byggs om</h1><p>{TEXT}</p>'
        f"<p>{TEXT}</p></article></body></html>"
    )
    web["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /stangt\n")
    home = make_home("folder ./inkorg")
    (home / "inkorg").mkdir()
    added = monitor("add", "--item", f"{web.url}/badhuset", "--home", home)
    assert added.code == 0, added
    assert "Badhuset byggs om: it names Katrineholm" in added.out
    assert "in the next letter" in added.out
    assert sorted(asked.path for asked in web.asked) == ["/.well-known/tdmrep.json", "/badhuset", "/robots.txt"]
    for step in ("group", "digest"):
        assert call(step, "--home", str(home), now="2026-11-24T06:45:00+01:00").code == 0
    letter = next((home / "reports" / "out").glob("*.txt")).read_text(encoding="utf-8")
    assert "Badhuset byggs om" in letter
    assert "Sett av en person" in letter
    closed = monitor("add", "--item", f"{web.url}/stangt", "--title", "Bad i Katrineholm", "--home", home)
    assert closed.code == 0, closed
    assert "judged on what you wrote: robots.txt forbids us to read it" in closed.out
    assert "/stangt" not in [asked.path for asked in web.asked]


# --- without the web -----------------------------------------------------------------------------------


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every page be one that cannot be had; return the addresses that were wanted."""
    wanted: list[str] = []

    def run_crawl(plan: Plan, _manners: Manners, intake: Intake, _work: Work, _clock: Clock) -> None:
        for page in plan.pages:
            wanted.append(page.url)
            intake.unavailable(page, Unavailable(reason="the site asks for a login (HTTP 401)"))

    monkeypatch.setattr(seen, "run_crawl", run_crawl)
    return wanted


def test_what_the_person_says_of_it_is_judged_where_the_page_cannot_be_had(
    db: Database, clock: Clock, make_home: MakeHome, offline: list[str]
) -> None:
    home = read_home(make_home("#"))
    url = "https://www.facebook.com/groups/1/posts/2"
    first = add_seen(home, db, clock, url)
    assert (first.taken, first.reason) == (False, "the site asks for a login (HTTP 401)")
    second = add_seen(home, db, clock, url, title="Om badet", text=f"En fråga. {TEXT}\x00")
    assert (second.taken, second.title, second.late) == (True, "Om badet", False)
    assert second.reason == "the site asks for a login (HTTP 401)"
    assert offline == [url, url]
    assert db.execute("select source, baseline, from_feed from articles").fetchall() == [(SEEN, 0, 1)]
    elsewhere = add_seen(home, db, clock, "www.flen.example/a", title="Om Flen")
    assert (elsewhere.state, elsewhere.taken) == (PageState.REJECTED, False)


def test_only_a_web_address_can_be_seen(db: Database, clock: Clock, make_home: MakeHome) -> None:
    with pytest.raises(UsageError, match="no web address"):
        add_seen(read_home(make_home("#")), db, clock, "javascript:alert(1)")
    home = make_home("#")
    assert call("add", "https://a.example/", "--title", "x", "--home", home).code == 2


def test_what_was_erased_is_not_taken_again(
    db: Database, clock: Clock, make_home: MakeHome, offline: list[str]
) -> None:
    url = "https://bladet.example/a"
    with transaction(db) as connection:
        not_again.remember(connection, [identity_key(url)])
    again = add_seen(read_home(make_home("#")), db, clock, url, title="Bad i Katrineholm")
    assert (again.taken, again.reason, offline) == (False, "it was erased from this home, and stays so", [])
