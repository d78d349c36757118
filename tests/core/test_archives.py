"""Whether a capture out of an archive is worth reading, and whether it names the town."""

from datetime import UTC, datetime

from monitor.core.archives import Capture, Find, Passed, glance, sift, weigh
from monitor.core.matching import Watch, build_matcher
from monitor.core.pages import compile_names
from monitor.models import Outcome, PageReading, Refused, StorePolicy

AT = datetime(2026, 3, 2, 5, tzinfo=UTC)
MATCHER = build_matcher(Watch(codes=("0483",), name="Katrineholm"))
NAMES = compile_names(MATCHER.names)
BODY = b"<p>Badhuset i Katrineholm byggs om.</p>"


def capture(body: bytes = BODY, status: int = 200, **headers: str) -> Capture:
    given = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Capture(url="https://bladet.example/1", fetched_at=AT, status=status, headers=given, body=body)


def read(text: str) -> PageReading:
    return PageReading(outcome=Outcome.OK, url="https://bladet.example/1", title="Badhuset", blocks=(text,))


def test_a_page_that_may_name_the_town_is_read() -> None:
    assert glance(200, "text/html", BODY, NAMES) is None
    found = sift(capture(content_type="text/html; charset=utf-8"))
    assert isinstance(found, Find)
    assert found.store is StorePolicy.TEXT


def test_an_error_page_and_one_without_the_names_are_passed() -> None:
    assert glance(404, "", BODY, NAMES) is Passed.NO_PAGE
    assert glance(200, "", b"", NAMES) is Passed.NO_PAGE
    assert glance(200, "", b"<p>Badhuset i Flen byggs om.</p>", NAMES) is Passed.NO_MENTION


def test_the_encoding_that_the_header_names_counts_when_a_page_is_glanced_at() -> None:
    page = "<p>Festen i Äsköping</p>".encode("mac_roman")
    assert glance(200, "text/html", page, NAMES) is Passed.NO_MENTION
    assert glance(200, "text/html; charset=macintosh", page, NAMES) is None


def test_what_a_site_reserves_is_not_read_and_its_wishes_go_along() -> None:
    assert sift(capture(tdm_reservation="1")) is Passed.RESERVED
    reserved = b'<meta name="tdm-reservation" content="1">' + BODY
    assert sift(capture(reserved)) is Passed.RESERVED
    wished = sift(capture(x_robots_tag="noarchive"))
    assert isinstance(wished, Find)
    assert wished.store is StorePolicy.EXCERPT
    assert "noarchive" in wished.store_reason


def test_only_a_text_that_names_the_town_is_a_find() -> None:
    found = sift(capture())
    assert isinstance(found, Find)
    named = read("Badhuset i Katrineholm byggs om, säger kommunen.")
    assert weigh(found, named, MATCHER, "") is named
    assert weigh(found, read("Badhuset i Flen byggs om."), MATCHER, "") is Passed.ELSEWHERE
    assert weigh(found, Refused("reading it took longer than 10 s"), MATCHER, "") is Passed.UNREAD
    assert weigh(found, PageReading(outcome=Outcome.REFUSED, reason="no page"), MATCHER, "") is Passed.UNREAD
