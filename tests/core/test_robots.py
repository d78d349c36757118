"""robots.txt without what it says to others: the same meaning, and bounded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protego import Protego

from monitor.core.robots import lines_for
from monitor.models import Refused
from tests.cpu import NOTICEABLE, cpu_of

AGENT = "town-monitor"
LINES = [
    "User-agent: *", "User-agent: town-monitor", "User-agent: town*", "User-agent: Town", "USER-AGENT : *  # alla",
    "useragent: Andra", "user agent andra", "User-agent:", "user-agent: x:y", "User-agent x: y", "user-agent: *:",
    "user-agent *", "User  agent: *", "user-agent: *town-monitor*", "Disallow: /a", "Disallow: /", "Allow: /a/b",
    "disallow:", "\tDisallow: /c", "Disallow:/a#b", "dissallow: /b$", "Disallow /b", "allow: /*c", "Disalow: /a*",
    "diasllow: /c", "disallaw: /", "Noindex: /a", "Crawl-delay: 3", "Sitemap: https://a.se/s.xml", "Host: a.se",
    "ord utan mening", "okänt: ord", "", " ", "# ord",
]  # fmt: skip
PATHS = ("/", "/a", "/a/b", "/b", "/c", "/xc", "/ab")
SIZE = 500 * 1024


@settings(max_examples=300)
@given(st.lists(st.sampled_from(LINES), max_size=14), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_left_means_the_same_to_us(lines: list[str], end: str) -> None:
    text = end.join(lines)
    left = lines_for(text, AGENT)
    assert isinstance(left, str)
    whole, ours = Protego.parse(text), Protego.parse(left)
    for path in PATHS:
        assert ours.can_fetch(f"https://a.se{path}", AGENT) == whole.can_fetch(f"https://a.se{path}", AGENT)
    assert ours.crawl_delay(AGENT) == whole.crawl_delay(AGENT)


def test_what_is_said_to_others_is_left_out() -> None:
    others = "".join(f"User-agent: bot{number}\n" for number in range(3_000))
    rules = "".join(f"Disallow: /{number}\n" for number in range(3_000))
    left = lines_for(f"{others}{rules}\nUser-agent: *\nDisallow: /hemligt\n", AGENT)
    assert isinstance(left, str)
    assert left.split("\n")[-2:] == ["user-agent: *", "Disallow: /hemligt"]
    assert len(left) < 200


@pytest.mark.parametrize(
    "text",
    [
        "user-agent: *\n" + "disallow: /ab\n" * 2_001,
        "user-agent: *\n" + "disallow: /å*b$\n" * 1_001,
        "user-agent: *\ndisallow: /" + "*a" * 100_000,
        "user-agent: *\n" + "user-agent x:y\n" * 1_100,
        "ord: ord\n" * 20_001,
        "user-agent: bot\n" * 4_001,
    ],
)
def test_more_than_can_be_followed_forbids_everything(text: str) -> None:
    left = lines_for(text, AGENT)
    assert isinstance(left, Refused)
    assert "nothing may be fetched" in left.reason


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"user-agent: b{n}\n" for n in range(9_000)) + "".join(f"disallow: /{n}\n" for n in range(9_000)),
        "".join(f"user-agent: {AGENT[:n]}\n" for n in range(1, 13)) + "disallow: /å*b$\n" * 700,
        "user-agent: *\n" + "".join(f"disallow: /å{n}*ö$\n" for n in range(990)),
        "user-agent: *\n" + "".join(f"disallow: /*{n}*o*p*q$\n" for n in range(990)),
        "user-agent: *\n" + "".join(f"disallow: /arkiv/{n}/\n" for n in range(1_990)),
        "user-agent: *\ndisallow: /" + "*a" * 45_000,
        "user-agent: x\nallow: /\n" * 9_900,
        "user-agent: x\nallow: /\n" * 3_990,
        "".join(f"user-agent: b{n}\n" for n in range(3_990)) + "".join(f"disallow: /{n}\n" for n in range(14_000)),
        "\n" * SIZE, " " * SIZE, "user" + " " * SIZE, "user-agent" + " " * SIZE, "#\n" * 19_000, "a " * SIZE,
    ],
)  # fmt: skip
def test_the_worst_file_takes_no_noticeable_time(text: str) -> None:
    def read() -> None:
        left = lines_for(text[:SIZE], AGENT)
        if isinstance(left, str):
            Protego.parse(left).can_fetch("https://a.se/" + "a/b-å" * 400, AGENT)

    assert cpu_of(read) < NOTICEABLE
