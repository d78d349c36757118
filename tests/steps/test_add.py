"""`monitor add` against a small web: what is found, tried, shown and written."""

from collections.abc import Callable
from pathlib import Path

from tests.command import monitor
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]
PAGE = "<html><head>{}</head><body>Hej</body></html>"


def sources_of(home: Path) -> str:
    return (home / "feeds.txt").read_text(encoding="utf-8")


def test_add_finds_the_feed_of_a_site_and_writes_it_on_yes(web: Web, make_home: MakeHome) -> None:
    web["/"] = PAGE.format(
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/samma">'
        '<link rel="alternate" type="application/rss+xml" href="/flode">'
    )
    web.feed("/samma", ("Ny skola byggs i Katrineholm", "/a"), ("Annat", "/b"))
    web.feed("/flode", ("Ny skola byggs i Katrineholm", "/a"), ("Annat", "/b"))
    web.feed("/comments/feed/", ("Svar om Katrineholm", "/a?c=1"))
    home = make_home('# min "fil"')
    refused = monitor("add", f"{web.url}/", "--home", home, stdin="n\nn\n")
    assert refused.code == 0, refused
    assert "2 entries, 1 of them name Katrineholm" in refused.out
    assert "Ny skola byggs i Katrineholm" in refused.out
    assert "holds the same entries as" in refused.out
    assert refused.out.index("comments of readers") > refused.out.index("2 entries")
    assert sources_of(home) == '# min "fil"\n'
    assert monitor("add", f"{web.url}/", "--home", home, "--yes").code == 0
    assert sources_of(home) == f'# min "fil"\n{web.url}/samma name="T"\n'
    assert "already" in monitor("add", f"{web.url}/samma", "--home", home, "--yes").out


def test_add_goes_from_common_paths_to_the_sitemap_that_robots_names(web: Web, make_home: MakeHome) -> None:
    web["/om/"] = PAGE.format("")
    web["/robots.txt"] = Answer(f"User-agent: *\nDisallow: /rss\nSitemap: {web.url}/nyheter.xml\n".encode())
    web["/nyheter.xml"] = Answer(
        f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{web.url}/a</loc>"
        "<lastmod>2026-11-23</lastmod></url></urlset>".encode()
    )
    home = make_home("#")
    found = monitor("add", f"{web.url}/om/", "--home", home, "--json").json
    (source,) = found["candidates"]
    assert (source["kind"], source["url"], source["options"]) == ("sitemap", f"{web.url}/nyheter.xml", {"days": "7"})
    assert source["items"][0]["url"] == f"{web.url}/a"
    assert {"url": f"{web.url}/rss", "reason": "robots.txt forbids us to read it"} in found["tried"]
    assert sources_of(home) == "#\n"
    assert monitor("add", f"{web.url}/om/", "--home", home, "--yes").code == 0
    assert sources_of(home).endswith(f'sitemap {web.url}/nyheter.xml name="127.0.0.1" days=7\n')
    assert len(web.asked) < 2 * 16


def test_add_of_a_site_without_anything_says_what_was_tried(web: Web, make_home: MakeHome) -> None:
    web["/"] = PAGE.format("")
    result = monitor("add", f"{web.url}/", "--home", make_home("#"))
    assert result.code == 1
    assert "no feed was found" in result.err
    assert "no list of news was found" in result.err
    assert "HTML page" in result.err
    assert "HTTP 404" in result.err
    for wrong in (["javascript:alert(1)"], []):
        assert monitor("add", *wrong, "--home", make_home("#")).code == 2


def test_a_page_that_lists_news_is_offered_when_there_is_no_feed(web: Web, make_home: MakeHome) -> None:
    items = "".join(
        f'<li><span class="datum">{day} november 2026</span><a href="/nytt/{day}">{title}</a></li>'
        for day, title in [(20, "Vi städar i byn"), (21, "Bussen till Katrineholm dras in"), (22, "Julmarknad i byn")]
    )
    web["/"] = f"<html><head><title>Byalaget</title></head><body><main><ul>{items}</ul></main></body></html>"
    home = make_home("#")
    shown = monitor("add", f"{web.url}/", "--home", home, "--yes")
    assert shown.code == 0, shown
    assert f"listing {web.url}/" in shown.out
    assert "3 entries, 1 of them name Katrineholm" in shown.out
    assert "Bussen till Katrineholm dras in" in shown.out
    assert sources_of(home) == f'#\nlisting {web.url}/ name="127.0.0.1"\n'


def test_a_list_is_added_under_its_headings_and_what_stood_there_is_told(web: Web, make_home: MakeHome) -> None:
    web.feed("/bra", ("En post", "/a"))
    home = make_home(f"{web.url}/fanns")
    listed = home / "lista.opml"
    listed.write_text(
        f'<opml version="2.0"><body><outline text="Bloggar"><outline text="Bra" xmlUrl="{web.url}/bra"/>'
        f'<outline text="Borta" xmlUrl="{web.url}/borta"/></outline><outline xmlUrl="{web.url}/fanns"/></body></opml>',
        encoding="utf-8",
    )
    tried = monitor("add", "--opml", listed, "--try", "--home", home)
    assert tried.code == 1
    assert "/borta: left out: the page is not there (HTTP 404)" in tried.err
    assert "/fanns: stands in feeds.txt already" in tried.out
    assert sources_of(home) == f'{web.url}/fanns\n\n[Bloggar]\n{web.url}/bra name="Bra"\n'
    asked = len(web.asked)
    assert "1 sources added" in monitor("add", "--opml", listed, "--home", home).out
    assert len(web.asked) == asked
    assert f'[Bloggar]\n{web.url}/borta name="Borta"\n' in sources_of(home)
    listed.write_text("<!DOCTYPE a><opml/>", encoding="utf-8")
    assert monitor("add", "--opml", listed, "--home", home).code == 2
    assert monitor("add", "--opml", home / "ingen.opml", "--home", home).code == 2
    exported = monitor("sources", "--opml", "--home", home)
    assert exported.code == 0
    assert f'xmlUrl="{web.url}/borta"' in exported.out
