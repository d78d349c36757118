"""The crawl, against a real web on loopback, in a process of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.command import monitor
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]


def crawl(home: Path, *more: str) -> Any:
    return monitor("crawl", "--home", home, "--now", *more)


def entries(home: Path) -> dict[str, dict[str, Any]]:
    return {row["url"].rpartition("/")[2]: row for row in monitor("entries", "--home", home, "--json").json}


def sources(home: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = monitor("sources", "--home", home, "--json").json
    return rows


def test_a_page_that_cannot_mention_the_town_is_not_kept(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola", "/a"), ("Annat", "/b"))
    web.page("/a", "Ny skola", "Katrineholms kommun bygger en ny skola.")
    web.page("/b", "Annat", "Flens kommun bygger en ny skola.")
    home = make_home(f"{web.url}/feed")
    result = crawl(home)
    assert result.code == 0, result
    assert "1 sources polled, 0 failed; 2 new entries; 1 pages kept, 1 without the names" in result.out
    found = entries(home)
    assert (found["a"]["state"], found["b"]["state"]) == ("kept", "no mention")


def test_validators_are_sent_back_byte_for_byte_and_no_page_is_fetched_again(web: Web, make_home: MakeHome) -> None:
    etag = 'W/"strange, \xc3\xa5 but  mine"'  # what the server says in UTF-8, as this server's library reads it
    web.feed("/feed", ("Ny skola", "/a"), etag=etag)
    web.page("/a", "Ny skola", "Flen bygger.")
    home = make_home(f"{web.url}/feed")
    crawl(home)
    result = crawl(home)
    assert result.code == 0
    assert "0 new entries; 0 pages kept" in result.out
    polls = [asked for asked in web.asked if asked.path == "/feed"]
    assert polls[1].headers["If-None-Match"] == etag
    assert web.paths.count("/a") == 1
    assert sources(home)[0]["outcome"] == "not modified"


def test_a_validator_that_cannot_be_said_is_left_out_and_what_came_is_known_all_the_same(
    web: Web, make_home: MakeHome
) -> None:
    web.feed("/feed", ("Ny skola", "/a"), etag='"\xe5"')
    web.page("/a", "Ny skola", "Flen bygger.")
    home = make_home(f"{web.url}/feed")
    crawl(home)
    assert crawl(home).code == 0
    polls = [asked for asked in web.asked if asked.path == "/feed"]
    assert "If-None-Match" not in polls[1].headers
    assert web.paths.count("/a") == 1
    assert sources(home)[0]["outcome"] == "not modified"


def test_the_user_agent_is_honest_and_names_a_contact(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed")
    crawl(make_home(f"{web.url}/feed"))
    agents = {asked.headers["User-Agent"] for asked in web.asked}
    assert len(agents) == 1
    assert "town-monitor" in agents.pop()
    assert "test@kommun.example" in web.asked[0].headers["User-Agent"]


def test_robots_txt_is_asked_first_and_obeyed_for_pages_and_feeds(web: Web, make_home: MakeHome) -> None:
    web["/robots.txt"] = b"User-agent: *\nDisallow: /inte\n"
    web.feed("/feed", ("Katrineholm växer", "/inte/a"))
    web.feed("/inte/feed")
    home = make_home(f"{web.url}/feed", f"{web.url}/inte/feed")
    result = crawl(home)
    assert result.code == 1
    assert web.paths == ["/robots.txt", "/feed", "/.well-known/tdmrep.json"]
    assert [row["outcome"] for row in sources(home)] == ["ok", "robots"]
    assert entries(home)["a"]["state"] == "unavailable"
    assert "robots.txt" in entries(home)["a"]["reason"]


def test_a_robots_txt_that_fails_forbids_everything_and_is_said(web: Web, make_home: MakeHome) -> None:
    web["/robots.txt"] = Answer(b"", 500)
    web.feed("/feed")
    home = make_home(f"{web.url}/feed")
    assert crawl(home).code == 1
    assert "/feed" not in web.paths
    assert "robots.txt answered with an error" in sources(home)[0]["reason"]


NO_FEEDS = (
    (Answer(b"no", 403), "blocked", "HTTP 403"),
    (Answer(b"no", 404), "gone", "HTTP 404"),
    (Answer(b"no", 500), "transient", "HTTP 500"),
    (Answer(b"<!doctype html><html><body>Are you human?</body></html>"), "blocked", "HTML page"),
    (Answer(b""), "unreadable", "empty"),
    (Answer(b"", 302, {"Location": "http://127.0.0.1:9/x"}), "blocked", "allow_hosts"),
    (Answer(b"", 302, {"Location": "file:///etc/passwd"}), "blocked", "redirect"),
)


def test_a_source_that_does_not_give_a_feed_is_told_and_never_taken_for_an_empty_one(
    web: Web, make_home: MakeHome
) -> None:
    for number, (answer, _, _) in enumerate(NO_FEEDS):
        web[f"/{number}"] = answer
    web.feed("/good", ("Katrineholm", "/a"))
    web.page("/a", "Katrineholm", "Katrineholm.")
    bad = [f'{web.url}/{number} name="Bladet {number}"' for number in range(len(NO_FEEDS))]
    home = make_home(*bad, f"{web.url}/good")
    result = crawl(home)
    assert result.code == 1
    *found, good = sources(home)
    for number, (told, (_, outcome, said)) in enumerate(zip(found, NO_FEEDS, strict=True)):
        assert f"monitor: Bladet {number}: " in result.err
        assert (number, told["outcome"]) == (number, outcome)
        assert said in told["reason"]
    assert good["outcome"] == "ok"
    assert entries(home)["a"]["state"] == "kept"


def test_an_empty_feed_is_an_outcome_of_its_own(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed")
    home = make_home(f"{web.url}/feed")
    assert crawl(home).code == 0
    assert sources(home)[0]["outcome"] == "empty"


def test_a_site_that_is_down_is_told(web: Web, make_home: MakeHome) -> None:
    port = int(web.host.rpartition(":")[2])
    home = make_home(f"http://127.0.0.1:{port + 1}/feed")
    settings = (home / "monitor.toml").read_text().replace(f'"{web.host}"', f'"127.0.0.1:{port + 1}"')
    (home / "monitor.toml").write_text(settings)
    assert crawl(home).code == 1
    assert sources(home)[0]["outcome"] == "transient"
    assert sources(home)[0]["reason"] == "the site could not be reached (asked for robots.txt)"


def test_a_private_address_is_not_fetched_unless_it_is_allowed(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("En rubrik", "/a"))
    home = make_home(f"{web.url}/feed")
    (home / "monitor.toml").write_text('municipality = "Katrineholm"\n')
    assert crawl(home).code == 1
    assert web.asked == []
    assert "not a public address" in sources(home)[0]["reason"]


def test_pages_are_fetched_newest_first_up_to_the_cap_and_the_rest_in_the_next_run(
    web: Web, make_home: MakeHome
) -> None:
    items = [(f"Nyhet {day}", f"/{day}") for day in range(10, 20)]
    dates = {str(day): f"{day} Nov 2026 12:00:00 +0100" for day in range(10, 20)}
    web.feed("/feed", *items, etag='"1"', **dates)
    for day in range(10, 20):
        web.page(f"/{day}", f"Nyhet {day}", "Flen.")
    home = make_home(f"{web.url}/feed", settings="pages_per_source = 4")
    crawl(home)
    assert [path for path in web.paths if path[1:].isdigit()] == ["/19", "/18", "/17", "/16"]
    crawl(home)
    crawl(home)
    assert [path for path in web.paths if path[1:].isdigit()] == [f"/{day}" for day in range(19, 9, -1)]


def test_a_page_that_moved_is_followed_and_its_new_address_is_known(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola", "/old"))
    web["/old"] = Answer(b"", 301, {"Location": "/new"})
    web.page("/new", "Ny skola", "Katrineholm bygger en ny skola i centrum.")
    home = make_home(f"{web.url}/feed")
    assert crawl(home).code == 0
    assert monitor("read", "--home", home).code == 0
    assert [row["url"] for row in monitor("articles", "--home", home, "--json").json] == [f"{web.url}/new"]


def test_a_second_run_at_once_is_refused_with_exit_code_3(web: Web, make_home: MakeHome) -> None:
    import fcntl

    home = make_home(f"{web.url}/feed")
    with (home / "monitor.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = crawl(home)
    assert result.code == 3
    assert "another run holds" in result.err
    assert web.asked == []


def test_a_source_that_is_not_due_is_left_alone_unless_told(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed")
    home = make_home(f"{web.url}/feed")
    monitor("crawl", "--home", home)
    monitor("crawl", "--home", home)
    assert web.paths.count("/feed") == 1
    monitor("crawl", "--home", home, now="2026-11-24T07:00:00+01:00")
    assert web.paths.count("/feed") == 2


def test_a_home_without_sources_asks_nobody(make_home: MakeHome) -> None:
    result = crawl(make_home("# nothing"))
    assert result.code == 0
    assert "0 sources polled" in result.out


def test_a_news_sitemap_is_a_source_too(web: Web, make_home: MakeHome) -> None:
    web["/map.xml"] = Answer(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{web.url}/a</loc>'
        f"<lastmod>2026-11-23T12:00:00+01:00</lastmod></url><url><loc>{web.url}/old</loc>"
        "<lastmod>2026-11-01</lastmod></url></urlset>".encode(),
        headers={"Content-Type": "application/xml"},
    )
    web.page("/a", "Ny skola", "Katrineholms kommun bygger en ny skola.")
    home = make_home(f"sitemap {web.url}/map.xml days=3")
    assert crawl(home).code == 0
    assert {name: row["state"] for name, row in entries(home).items()} == {"a": "kept"}
    assert crawl(home).code == 0
    assert sources(home)[0]["outcome"] == "not modified"


def test_a_wrong_option_of_a_kind_is_told_with_its_line(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed")
    home = make_home("# a comment", f"sitemap {web.url}/map.xml dayz=3", f"{web.url}/feed")
    result = crawl(home)
    assert result.code == 1
    assert "feeds.txt, line 2" in result.err
    assert "dayz" in result.err
    assert [row["outcome"] for row in sources(home)] == ["unreadable", "empty"]
