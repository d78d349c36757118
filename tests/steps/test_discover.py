"""The search for new sources: from a page that names the town to the blog that nobody listed, within the budget."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import monitor
from tests.conftest import write_home
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]
TOWN = "Katrineholms kommun bygger om badhuset i Katrineholm. Arbetet i Katrineholm börjar i vår och kostar pengar."


def blog(web: Web, name: str, *posts: tuple[str, str], links: str = "") -> None:
    """Serve a blog: its front page, its feed with whole texts."""
    web["/"] = (
        f'<html lang="sv"><head><title>{name}</title><link rel="alternate" type="application/rss+xml" href="/feed/">'
        f"</head><body><main><h1>{name}</h1><p>Här skriver jag om livet i byn och allt som händer runt sjön.</p></main>"
        f"<aside>{links}</aside></body></html>"
    )
    items = "".join(
        f"<item><title>{title}</title><link>{web.url}/{number}</link><description>{text}</description>"
        f"<pubDate>Mon, 23 Nov 2026 12:00:00 +0100</pubDate></item>"
        for number, (title, text) in enumerate(posts)
    )
    feed = f"<rss version='2.0'><channel><title>{name}</title><language>sv</language>{items}</channel></rss>"
    web["/feed/"] = Answer(feed.encode(), headers={"Content-Type": "application/rss+xml"})


@pytest.fixture
def town(web: Web, make_home: MakeHome) -> Callable[[list[Web], str], Path]:
    """Make a home whose one paper links to the first of the sites; it may ask them all."""

    def make(sites: list[Web], settings: str = "") -> Path:
        home = make_home(f"{web.url}/feed.xml")
        # Every site is 127.0.0.1 with a port of its own: the name of a site carries its port.
        write_home(home, web, f"{web.url}/feed.xml")
        text = (home / "monitor.toml").read_text(encoding="utf-8")
        hosts = ", ".join(f'"{site.host}"' for site in [web, *sites])
        text = text.replace(f'allow_hosts = ["{web.host}"]', f"allow_hosts = [{hosts}]")
        (home / "monitor.toml").write_text(f"{text}\n[discovery]\n{settings}\n", encoding="utf-8")
        web.feed("/feed.xml", ("Badhuset i Katrineholm byggs om", "/a"))
        web["/a"] = (
            f"<html lang='sv'><head><title>Badhuset i Katrineholm byggs om</title></head><body><article>"
            f"<h1>Badhuset i Katrineholm byggs om</h1><p>{TOWN}</p><p>{TOWN} En bloggare har skrivit om det: "
            f"<a href='{sites[0].url}/post'>läs</a>.</p></article></body></html>"
        )
        return home

    return make


def test_a_blog_is_found_through_another_blog_and_added_on_yes(town: Callable[..., Path]) -> None:
    with Web() as first, Web() as second:
        link = f'<ul><li><a href="{second.url}/">Granne</a></li></ul>'
        blog(first, "Första", ("Badet i Katrineholm", TOWN), ("Skolan", f"{TOWN} Skolan också."), links=link)
        blog(second, "Andra", ("Bada i Katrineholm", TOWN), ("Mer bad", f"Nu igen. {TOWN}"), ("Annat", "Katten sover."))
        home = town([first, second])
        assert monitor("run", "--home", home).code == 0
        rows = monitor("candidates", "--home", home, "--json").json
        assert {row["title"] for row in rows} == {"Första", "Andra"}
        (found,) = [row for row in rows if row["title"] == "Andra"]
        assert (found["matching"], found["items"], found["feed"]) == (2, 3, f"{second.url}/feed/")
        asked = len(first.asked) + len(second.asked)
        assert "0 sites tried" in monitor("discover", "--home", home).out
        assert len(first.asked) + len(second.asked) == asked
        assert monitor("candidates", "no", first.url, "--home", home, "--role", "kommunikatör").code == 0
        assert "added" in monitor("candidates", "yes", f"{second.url}/", "--home", home).out
        assert f'{second.url}/feed/ name="Andra"' in (home / "feeds.txt").read_text(encoding="utf-8")
        assert "no new source" in monitor("candidates", "--home", home).out
        assert "declined" in monitor("candidates", "--all", "--home", home).out
        assert monitor("candidates", "yes", "okand.se", "--home", home).code == 2


def test_nothing_is_asked_beyond_the_budget_nor_where_robots_forbids(town: Callable[..., Path]) -> None:
    with Web() as open_one, Web() as closed:
        blog(open_one, "Bloggen", ("Badet", TOWN), links=f'<a href="{closed.url}/">Stängd</a>')
        closed["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /\n")
        home = town([open_one, closed], "requests = 12\nper_site = 2")
        assert monitor("run", "--home", home).code == 0
        assert open_one.paths == ["/robots.txt", "/"]
        assert closed.paths == ["/robots.txt"]
        rows = {row["url"]: row for row in monitor("candidates", "--all", "--home", home, "--json").json}
        assert rows[f"{closed.url}/"]["words"] == "robots.txt forbids us to read it"
        assert rows[f"{open_one.url}/"]["state"] == "tried"
        off = town([open_one], "requests = 0")
        assert "0 sites tried with 0 requests" in monitor("discover", "--home", off).out
