"""Every string through letter, mail, pages and feeds: no element, no handler, no address of another scheme comes out.

This reads the pages with a parser; `make test-browser` opens them in Chromium.
"""

import re
from collections import deque
from collections.abc import Iterator

import pytest

from tests.web.browser import Browser
from tests.xss.home import NOW, letters, lists_of_letters, mailed, make_home
from tests.xss.judge import OWN_TAGS, faults_of, faults_of_xml
from tests.xss.strings import ADDRESSES, STRINGS, TEMPLATES

HEADERS = [
    "Content-Type", "MIME-Version", "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe",
    "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language",
]  # fmt: skip
MOST_PAGES = 260


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = make_home(tmp_path_factory.mktemp("xss") / "home", STRINGS, ADDRESSES)
    with Browser(folder, now=NOW) as opened:
        yield opened


def test_there_are_as_many_as_is_promised() -> None:
    assert len(set(STRINGS)) >= 300
    assert len(set(ADDRESSES)) >= 90
    foreign = {"iframe", "object", "embed", "math", "base", "img", "video", "audio", "frame", "template"}
    assert not foreign & OWN_TAGS


def test_the_judge_sees_what_it_is_to_see() -> None:
    for page in (
        "<p>x<script>1</script>",
        "<p>x<img src=x>",
        "<a href='javascript:1'>x</a>",
        "<a href='//evil.example'>x</a>",
        "<p onclick=1>x",
        "<form action='\\\\evil'>",
    ):
        assert faults_of(page), page
    assert faults_of("<p><a href='https://a.example/'>x</a> <a href='/arkiv?q=x'>y</a> <a href='#z'>z</a>") == []


def test_letters_and_mails_run_nothing_and_link_to_nothing_else() -> None:
    for name, letter in letters(STRINGS, ADDRESSES):
        headers, bodies = mailed(letter, letter.subject)
        assert headers == HEADERS, name
        assert bodies["text/html"].replace("\r\n", "\n") == letter.html, name
        assert faults_of(bodies["text/html"]) == [], name
        assert "\n" not in letter.subject, name


def test_the_plain_text_holds_no_address_of_another_scheme() -> None:
    """Mail clients make links of what looks like one."""
    for name, letter in letters(["snälla ord"] * len(ADDRESSES), ADDRESSES):
        for found in re.findall(r"([a-z-]+):(?=\S*[/(])", letter.text, re.IGNORECASE):
            assert found.lower() in {"http", "https"}, name


def test_what_a_template_would_run_stands_there_as_it_was_written() -> None:
    (_, letter), *_ = letters(TEMPLATES[:8], ["https://a.example/"])
    for words in TEMPLATES[:6]:
        assert " ".join(words.split())[:40] in " ".join(letter.text.split())


def test_the_list_of_letters_and_its_feed_hold_words_only() -> None:
    for start in range(0, len(STRINGS), 30):
        page, feed = lists_of_letters(STRINGS[start : start + 30])
        assert faults_of(page) == []
        assert faults_of_xml(feed.encode("utf-8", "replace")) == []


FIRST = [
    *(f"/{name}" for name in (
        "arkiv", "uppfoljning", "kallor", "sokord", "installningar", "statistik", "kandidater", "traff", "andringar",
        "radera-person", "diarium", "utskick", "om", "handelse/1", "brev/2026-11-24", "arkiv.atom", "arkiv.csv",
    )),
    "/arkiv?q=%22%3E%3Cscript%3E__xss(1)%3C/script%3E",
    "/arkiv?kalla=javascript:__xss(1)&q=skola",
    "/uppfoljning?q=%22%3E%3Cimg%20src%20onerror=__xss(1)%3E&visa=%22%3E%3Csvg%20onload=__xss(1)%3E",
]  # fmt: skip


def test_no_page_runs_anything_or_links_to_another_scheme(browser: Browser) -> None:
    waiting, seen, pages = deque(FIRST), set(FIRST), 0
    while waiting and pages < MOST_PAGES:
        path = waiting.popleft()
        answer = browser.get(path)
        assert answer.status_code < 500, path
        assert "default-src 'none'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        kind = answer.headers.get("content-type", "")
        if kind.startswith("application/atom+xml"):
            assert faults_of_xml(answer.content) == [], path
        if not kind.startswith("text/html"):
            continue
        pages += 1
        assert faults_of(answer.text) == [], path
        waiting.extend(links_from(answer.text, seen))
    assert pages > 60


def links_from(page: str, seen: set[str]) -> Iterator[str]:
    """Give the links of a page that lead to another kind of page, or to further hits."""
    for href in re.findall(r'href="(/[^"]*)"', page):
        found = href.replace("&amp;", "&")
        kind = (
            found if found.startswith("/arkiv?") and "sida=" in found else re.sub(r"\d+", "N", found.partition("?")[0])
        )
        if kind not in seen:
            seen.add(kind)
            yield found
