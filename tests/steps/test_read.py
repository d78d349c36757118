"""Reading what waits: where a text that names the town leads is noted, whatever brought the text."""

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database

from monitor.config import read_home
from monitor.models import Clock, Entry, Poll, PollOutcome
from monitor.steps.read import read
from monitor.store import candidates as candidate_store
from monitor.store import intake as intake_store


def test_what_a_post_or_a_mail_about_the_town_links_to_is_noted(
    db: Database, make_home: Callable[..., Path], clock: Clock
) -> None:
    home = read_home(make_home("folder ./inkorg", "https://bladet.example/feed"))
    intake_store.register_sources(db, home.sources)
    links = (
        "https://byn.example/badet",
        "https://www.facebook.com/byn",
        "https://bladet.example/a",
        "https://social.example/x",
    )
    town = Entry(key="a", title="Badhuset", content="Badet i Katrineholm byggs om.", whole=True, links=links)
    post = Entry(key="b", url="https://social.example/1", title="Bad i Katrineholm", whole=True, links=links)
    elsewhere = Entry(key="c", title="Bad", content="Badet i Flen.", whole=True, links=("https://flen.example/",))
    poll = Poll(source="./inkorg", at=clock(), outcome=PollOutcome.OK, fresh=True)
    intake_store.save_poll(db, poll, [town, post, elsewhere])
    assert read(home, db, clock).new == 2
    found = {candidate.site: candidate for candidate in candidate_store.candidates_to_try(db, clock(), 9)}
    assert sorted(found) == ["byn.example", "social.example"]
    assert found["byn.example"].referrers == ("./inkorg", "social.example")
    assert found["social.example"].named
