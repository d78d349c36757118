"""Kinds that read one service each, against a fake of it that answers as the real one is documented to."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from monitor.crawl.ledger import RunLedger
from monitor.models import PollOutcome
from spiders.polisen import PolisenSpider
from spiders.riksdagen import RiksdagenSpider
from spiders.sverigesradio import SverigesRadioSpider
from tests.command import monitor
from tests.conftest import write_home
from tests.crawl.kinds import NOW, Fake, poll, said
from tests.loopback import Answer, Web


def always(answer: Answer) -> Fake:
    return Fake(lambda _path, _asked: answer)


# --- Polisen -------------------------------------------------------------------------------------------

POLICE = "https://polisen.se/api/events"


def event(identity: int, place: str, summary: str = "Två bilar har kört ihop.") -> dict[str, object]:
    name = f"23 november 14.32, Trafikolycka, {place}"
    return {"id": identity, "datetime": "2026-11-23 14:32:20 +01:00", "name": name, "summary": summary,
            "url": f"/aktuellt/handelser/{identity}/", "type": "Trafikolycka",
            "location": {"name": place, "gps": "58.9,16.2"}}  # fmt: skip


def test_an_event_of_polisen_becomes_an_article_without_a_page_and_without_a_call_more(
    web: Web, tmp_path: Path
) -> None:
    web.services["/api/events"] = lambda _: said([event(1, "Katrineholm"), event(2, "Flen")])
    write_home(tmp_path, web, f"polisen {web.url}/api/events", "polisen http://polisen.example/api/events")
    assert monitor("crawl", "--home", tmp_path, "--now").code == 1
    assert web.paths == ["/api/events?locationname=Katrineholm"]
    monitor("read", "--home", tmp_path)
    (article,) = monitor("articles", "--home", tmp_path, "--json").json
    assert (article["title"], article["outcome"]) == ("Trafikolycka, Katrineholm", "ok")
    unsafe = monitor("sources", "--home", tmp_path, "--json").json[1]
    assert unsafe["outcome"] == "blocked"
    assert "write https://" in unsafe["reason"]


def test_polisen_is_asked_by_its_rules() -> None:
    places = ("Katrineholm", "Flen", "Södermanlands län")
    police = always(said([event(number, place) for number, place in enumerate(places, 1)]))
    ledger = RunLedger()
    first = poll(PolisenSpider, police, POLICE, ledger=ledger, location="Katrineholm; Flen", type="Brand")
    assert police.queries == [{"locationname": "Katrineholm;Flen", "type": "Brand"}]
    assert [entry.key for entry in first.entries] == ["1", "2"]
    assert first.poll.pause == timedelta(minutes=15)
    again = poll(PolisenSpider, police, POLICE, ledger=ledger, now=NOW + timedelta(seconds=5))
    assert again.poll.outcome is PollOutcome.TRANSIENT
    assert "each ten seconds" in again.poll.reason
    for minute in range(1, 60):  # other lines of the home ask too
        poll(PolisenSpider, police, f"{POLICE}?{minute}", ledger=ledger, now=NOW + timedelta(minutes=minute))
    full = poll(PolisenSpider, police, POLICE, ledger=ledger, now=NOW + timedelta(minutes=59, seconds=30))
    assert (full.poll.outcome, len(police.asked)) == (PollOutcome.TRANSIENT, 60)
    assert poll(PolisenSpider, police, POLICE, ledger=ledger, now=NOW + timedelta(minutes=61)).entries


def test_a_404_of_polisen_is_for_good_until_the_line_changes() -> None:
    police = always(Answer(b"", 404))
    gone = poll(PolisenSpider, police, POLICE)
    assert gone.poll.outcome is PollOutcome.GONE
    later = poll(PolisenSpider, police, POLICE, cursor=gone.cursor, now=NOW + timedelta(days=30))
    assert (later.poll.outcome, len(police.asked)) == (PollOutcome.GONE, 1)
    assert "asked again when the line changes" in later.poll.reason
    poll(PolisenSpider, police, POLICE, cursor=gone.cursor, now=NOW + timedelta(days=30), location="Flen")
    assert len(police.asked) == 2


def test_a_refusal_of_polisen_is_no_empty_list() -> None:
    for answer, outcome in (
        (Answer(b"Forbidden", 403), PollOutcome.BLOCKED),
        (Answer(b"", 429, {"Retry-After": "3600"}), PollOutcome.BLOCKED),
        (Answer(b"<!doctype html><html></html>"), PollOutcome.BLOCKED),
        (said({"Message": "An error has occurred."}), PollOutcome.UNREADABLE),
        (said([]), PollOutcome.EMPTY),
    ):
        assert poll(PolisenSpider, always(answer), POLICE).poll.outcome is outcome


# --- Riksdagen -----------------------------------------------------------------------------------------

RIKSDAG = "https://data.riksdagen.se/dokumentlista/"


def riksdag(_path: str, asked: dict[str, str]) -> Answer:
    """Answer as the document list does: strings for numbers, no list without a hit, http for the next page."""
    if asked["sok"] == "Sveaparken":
        return said({"dokumentlista": {"@traffar": "0", "@sida": "1", "@sidor": "0"}})
    page = int(asked["p"])
    if page == 3:
        return Answer(b"", 503)
    address = "//data.riksdagen.se/dokument/"
    documents: list[dict[str, Any]] = [
        {"dok_id": f"H{number}", "titel": "Katrineholm", "dokument_url_html": f"{address}H{number}.html"}
        for number in range(100 * (page - 1), 100 * page)
    ]
    following = "http://data.riksdagen.se/dokumentlista/?utformat=htm"
    found = {"@traffar": "260", "@sida": asked["p"], "@sidor": "3", "@nasta_sida": following, "dokument": documents}
    return said({"dokumentlista": found})


def test_riksdagen_is_searched_page_by_page_for_each_search_word() -> None:
    fake = Fake(riksdag)
    polled = poll(RiksdagenSpider, fake, RIKSDAG, words=("Katrineholm", "Sveaparken"))
    assert [(asked["sok"], asked["p"]) for asked in fake.queries] == [
        ("Katrineholm", "1"), ("Katrineholm", "2"), ("Katrineholm", "3"), ("Sveaparken", "1"),
    ]  # fmt: skip
    assert {asked["utformat"] for asked in fake.queries} == {"json"}
    assert fake.queries[0]["from"] == "2026-11-10"
    assert len(polled.entries) == 200
    assert polled.poll.outcome is PollOutcome.OK
    assert polled.poll.reason == "not all of it could be read: the site answered with an error (HTTP 503)"
    assert poll(RiksdagenSpider, fake, RIKSDAG, query="Sveaparken").poll.outcome is PollOutcome.EMPTY


# --- Sveriges Radio ------------------------------------------------------------------------------------


def test_of_sveriges_radio_two_pages_of_links_are_read() -> None:
    def radio(_path: str, asked: dict[str, str]) -> Answer:
        number = int(asked["page"])
        episode = {
            "id": number,
            "title": "Katrineholm bygger ny skola",
            "description": "Den hemliga texten.",
            "url": f"https://sverigesradio.se/avsnitt/{number}",
            "publishdateutc": "/Date(1795417200000)/",
        }
        return said({"pagination": {"page": number, "totalpages": 9}, "episodes": [episode]})

    fake = Fake(radio)
    polled = poll(SverigesRadioSpider, fake, "https://api.sr.se/api/v2/episodes/search/")
    assert [asked["page"] for asked in fake.queries] == ["1", "2"]
    assert [entry.key for entry in polled.entries] == ["1", "2"]
    assert "hemliga" not in repr(polled)
    poll(SverigesRadioSpider, fake, "https://api.sr.se/api/v2/episodes/search/", query="Flen")
    assert fake.queries[2]["query"] == "Flen"


# --- options -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [PolisenSpider, RiksdagenSpider, SverigesRadioSpider])
def test_an_unknown_option_is_refused(kind: Any) -> None:
    with pytest.raises(msgspec.ValidationError, match="dayz"):
        poll(kind, always(Answer()), "https://a.se/", dayz="3")
