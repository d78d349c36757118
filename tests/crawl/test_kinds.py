"""Kinds that ask more than once, against a real web on loopback: budget, partial answers, cursors, whole texts."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.command import monitor
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]
XML = {"Content-Type": "application/xml"}
SITEMAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def crawl(home: Path) -> Any:
    return monitor("crawl", "--home", home, "--now")


def entries(home: Path) -> set[str]:
    return {row["url"].rpartition("/")[2] for row in monitor("entries", "--home", home, "--json").json}


def sources(home: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = monitor("sources", "--home", home, "--json").json
    return rows


def sitemap(web: Web, path: str, *pages: str, packed: bool = False) -> None:
    said = "".join(f"<url><loc>{web.url}{page}</loc><lastmod>2026-11-23</lastmod></url>" for page in pages)
    body = f"<urlset {SITEMAPS}>{said}</urlset>".encode()
    web[path] = Answer(gzip.compress(body) if packed else body, headers=XML)


def index(web: Web, path: str, *named: str) -> None:
    said = "".join(f"<sitemap><loc>{web.url}{name}</loc></sitemap>" for name in named)
    web[path] = Answer(f"<sitemapindex {SITEMAPS}>{said}</sitemapindex>".encode(), headers=XML)


def test_the_sitemaps_of_an_index_are_read_and_one_that_fails_loses_only_itself(web: Web, make_home: MakeHome) -> None:
    index(web, "/index.xml", "/trasig.xml", "/packad.xml.gz", "/mer.xml")
    index(web, "/mer.xml", "/index.xml", "/djup.xml")
    sitemap(web, "/packad.xml.gz", "/a", packed=True)
    sitemap(web, "/djup.xml", "/b")
    web["/trasig.xml"] = Answer(b"", 500)
    web["/plats/robots.txt"] = b""
    home = make_home(f"sitemap {web.url}/index.xml", f"sitemap {web.url}/packad.xml.gz")
    assert crawl(home).code == 0
    assert entries(home) == {"a", "b"}
    walked, plain = sources(home)
    assert (walked["outcome"], plain["outcome"]) == ("ok", "ok")
    assert walked["reason"] == "not all of it could be read: the site answered with an error (HTTP 500)"
    crawl(home)
    assert [row["outcome"] for row in sources(home)] == ["ok", "not modified"]


def test_a_site_is_read_by_the_sitemaps_that_its_robots_txt_names_else_in_the_usual_places(
    web: Web, make_home: MakeHome
) -> None:
    web["/robots.txt"] = f"User-agent: *\nDisallow:\nSitemap: {web.url}/karta/nyheter.xml\n".encode()
    sitemap(web, "/karta/nyheter.xml", "/a", "/nyheter/b")
    home = make_home(f"sitemap {web.url} match=/nyheter/")
    assert crawl(home).code == 0
    assert entries(home) == {"b"}
    web["/robots.txt"] = b""
    sitemap(web, "/sitemap.xml", "/nyheter/c")
    crawl(home)
    assert entries(home) == {"b", "c"}
    del web.answers["/sitemap.xml"]
    assert crawl(home).code == 1
    assert sources(home)[0]["outcome"] == "gone"


def test_one_poll_makes_no_more_requests_than_its_kind_may(web: Web, make_home: MakeHome) -> None:
    for level in range(4):
        index(web, f"/{level}.xml", *(f"/{level}{place}.xml" for place in range(7)), f"/{level + 1}.xml")
    home = make_home(f"sitemap {web.url}/0.xml")
    assert crawl(home).code == 1
    assert len([path for path in web.paths if path.endswith(".xml")]) == 10
    assert sources(home)[0]["outcome"] == "gone"


def test_redirects_count_against_the_bound_of_a_poll_too(web: Web, make_home: MakeHome) -> None:
    index(web, "/index.xml", *(f"/{place}.xml" for place in range(8)))
    for place in range(8):
        web[f"/{place}.xml"] = Answer(b"", 302, {"Location": f"/a{place}.xml"})
        sitemap(web, f"/a{place}.xml", f"/{place}")
    home = make_home(f"sitemap {web.url}/index.xml")
    assert crawl(home).code == 0
    assert len([path for path in web.paths if path.endswith(".xml")]) == 10
    assert "the budget of requests is spent" in sources(home)[0]["reason"]
    assert len(entries(home)) == 4
