"""What is no page to read is refused with a sentence; an article about cookies, cakes or scripts is not."""

import pytest

from monitor.core.pages.refusals import not_a_page, not_markup, only_a_wall


@pytest.mark.parametrize(
    ("body", "content_type", "word"),
    [
        (b"", "", "empty"),
        (b" \n\0\0", "", "empty"),
        (b"%PDF-1.7 x", "text/html", "PDF"),
        (b"\x89PNG\r\n", "", "image"),
        (b"PK\x03\x04x", "", "archive"),
        (b"x", "application/pdf", "application/pdf"),
        (b"x", "image/jpeg; q=1", "image/jpeg"),
        (b"x", "application/rss+xml", "rss"),
    ],
)
def test_bytes_that_are_no_page_are_named(body: bytes, content_type: str, word: str) -> None:
    assert word in not_a_page(body, content_type)


@pytest.mark.parametrize(
    "content_type", ["", "text/html", " TEXT/HTML;charset=utf-8", "application/xhtml+xml", "text/plain", "; charset=x"]
)
def test_bytes_that_may_be_a_page_pass(content_type: str) -> None:
    assert not_a_page(b"<p>x", content_type) == ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("\x01\x02\x03" * 100, "binary"),
        ("\ufffd" * 100 + "<p>", "binary"),
        ('<?xml version="1.0"?>\n<!-- x --><rss version="2.0"><channel/></rss>', "feed"),
        ("<feed xmlns='x'></feed>", "feed"),
        ('{"a": 1}', "JSON"),
        (" [1]", "JSON"),
        ("bara text, 1 < 2", "no HTML"),
    ],
)
def test_characters_that_are_no_page_are_named(text: str, word: str) -> None:
    assert word in not_markup(text)


@pytest.mark.parametrize("text", ["<!DOCTYPE html>", "x<p>", "<!-- x -->", "<?xml version='1.0'?><html>", "{<b>"])
def test_characters_that_may_be_a_page_pass(text: str) -> None:
    assert not_markup(text) == ""


@pytest.mark.parametrize(
    ("title", "blocks", "word"),
    [
        ("Just a moment...", ("Verify you are human by completing the action below.",), "robots"),
        ("Access denied", (), "robots"),
        ("Tidningen", ("Du måste aktivera JavaScript för att läsa den här sidan.",), "scripts"),
        ("x", ("This app works best with JavaScript enabled.", "Please enable JavaScript."), "scripts"),
        ("Vi använder cookies", ("Vi använder cookies för att sidan ska fungera.", "Godkänn alla kakor"), "cookies"),
        ("x", ("Before you continue", "We use cookies and similar to deliver ads. Accept all."), "cookies"),
    ],
)
def test_a_wall_is_named(title: str, blocks: tuple[str, ...], word: str) -> None:
    assert word in only_a_wall(title, blocks)


@pytest.mark.parametrize(
    ("title", "blocks"),
    [
        ("Hundra kakor till festen", ("Bageriet bakade hundra kakor till festen.", "Alla kakor gick åt.")),
        ("Dom om samtycke", ("Tingsrätten prövade frågan om samtycke i två dagar.",)),
        (
            "Nya regler om cookies",
            ("Vi använder cookies för att mäta.", *("Myndigheten har granskat frågan länge.",) * 5),
        ),
        ("Skriptspråk", ("Kursen om JavaScript har blivit populär bland ortens pensionärer.",)),
        ("Bron", ("Vi använder cookies och samtycke. " + "ord " * 300,)),
        ("", ()),
    ],
)
def test_an_article_is_no_wall(title: str, blocks: tuple[str, ...]) -> None:
    assert only_a_wall(title, blocks) == ""


def test_a_hostile_notice_takes_no_time() -> None:
    only_a_wall("cookie" * 80, ("cookie-" * 100_000,))
