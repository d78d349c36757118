"""Notice boards of municipalities, as tables and as boxes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.notices import read_notices
from monitor.models import FeedReading, Outcome

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
URL = "https://kommunen.example.se/anslagstavla"


def read(body: str) -> FeedReading:
    page = f"<!doctype html><html><body><nav>Anslagstavla</nav><main>{body}</main></body></html>"
    return read_notices(
        page.encode(), URL, "text/html", NOW, "Katrineholms anslagstavla", zone=ZoneInfo("Europe/Stockholm")
    )


TABLE = """<table><thead><tr><th>Rubrik</th><th>Anslagsdatum</th><th>Tas ned</th></tr></thead>
<tr><td><a href="/protokoll.pdf">Protokoll från kommunstyrelsen</a></td><td>2026-11-20</td><td>2026-12-12</td></tr>
<tr><td>Kungörelse om detaljplan</td><td>18 november 2026</td><td></td></tr>
<tr><td>Gammalt protokoll</td><td>2026-10-01</td><td>2026-10-22</td></tr>
<tr><td>Utan dag</td></tr><tr></tr></table><table><tr><td>Annat</td></tr></table><table></table>"""

BOXES = """<div class="lista"><div class="anslag"><h3><a href="/a">Protokoll från kommunstyrelsen</a></h3>
<p>Publicerades: 2026-11-20</p><p>Avpubliceras: 2026-12-12</p></div>
<div class="anslag">Kungörelse om detaljplan. Anslagen den 18 november 2026</div>
<div class="anslag">Utan dag. Anslagen snart.</div><div class="anslag">Publicerad: 2026-11-19</div></div>"""


@pytest.mark.parametrize("body", [TABLE, BOXES, f"<p>{'Om tavlan. ' * 300}</p>{BOXES}"])
def test_each_notice_that_hangs_has_its_kind_and_its_days(body: str) -> None:
    reading = read(body)
    assert reading.outcome is Outcome.OK
    first, second = reading.entries
    assert first.title == "Protokoll från kommunstyrelsen"
    assert first.summary.startswith(
        "Katrineholms anslagstavla. Protokoll. Anslagen 2026-11-20, tas ned 2026-12-12.\nProtokoll från kommunstyrelsen"
    )
    assert first.url.startswith("https://kommunen.example.se/")
    assert first.published == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert (second.title.rstrip(". "), second.url) == ("Kungörelse om detaljplan", "")
    assert second.summary.startswith("Katrineholms anslagstavla. Kungörelse. Anslagen 2026-11-18.\n")
    assert second.key == f"{second.title} 2026-11-17"


def test_a_board_on_which_nothing_hangs_is_empty_and_another_page_is_none() -> None:
    assert read("<p>Just nu finns inga anslag.</p>") == FeedReading(outcome=Outcome.OK)
    other = read_notices(b"<html><body><p>Sidan har flyttat.</p></body></html>", URL, "", NOW, "")
    assert other.outcome is Outcome.REFUSED
    assert "does not look like a notice board" in other.reason
    assert read_notices(b"", URL, "", NOW, "").outcome is Outcome.REFUSED


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_of_a_board_raise(body: bytes) -> None:
    read_notices(body, URL, "", NOW, "")
    read_notices(b"<div>Anslagen 2026-11-20 " + body, URL, "", NOW, "")
    read_notices(b"<table><tr><th>Anslagen<tr><td>2026-11-20 " + body, URL, "", NOW, "")
