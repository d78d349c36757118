"""From a feed to the letter, by commands, on a web on loopback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.command import monitor
from tests.loopback import Answer, Web

MakeHome = Callable[..., Path]

SCHOOL = (
    "Katrineholms kommun bygger en ny skola i centrum, det beslutade kommunfullmäktige på måndagen.",
    "Skolan ska rymma 400 elever och stå klar 2028. Bygget kostar 310 miljoner kronor.",
    "Bildningsnämndens ordförande säger att behovet är stort och att fler skolor kan komma att byggas.",
)


def run(home: Path, *more: str, now: str = "2026-11-24T06:30:00+01:00") -> Any:
    return monitor("run", "--home", home, "--now", *more, now=now)


def articles(home: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = monitor("articles", "--home", home, "--json").json
    return rows


def letter(home: Path, day: str = "2026-11-24") -> str:
    return (home / "reports" / "out" / f"{day}.txt").read_text(encoding="utf-8")


def test_a_run_ends_in_a_letter_and_a_second_run_finds_nothing_new(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola byggs i Katrineholm", "/a"), ("Annat", "/b"), ("Meny", "/c"), etag='"1"')
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    web.page("/b", "Annat", "Flens kommun bygger en simhall.")
    web.page("/c", "Meny", "Här står en text om vädret i hela landet, och ingenting annat.", menu="Katrineholm")
    home = make_home(f'{web.url}/feed name="Djulöposten" class=local-paper')
    first = run(home)
    assert first.code == 0, first
    assert first.out == ""  # quiet in cron
    assert [row["url"] for row in articles(home)] == [f"{web.url}/a"]
    text = letter(home)
    assert "Ny skola byggs i Katrineholm" in text
    assert "Djulöposten" in text
    assert "vädret" not in text
    fetched = len([path for path in web.paths if path in {"/a", "/b", "/c"}])
    second = run(home)
    assert second.code == 0
    assert len([path for path in web.paths if path in {"/a", "/b", "/c"}]) == fetched
    assert letter(home) == text


def test_explain_tells_why_a_page_was_taken_and_why_not(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola", "/a"), ("Meny", "/c"), ("Annat", "/b"))
    web.page("/a", "Ny skola", *SCHOOL)
    web.page("/b", "Annat", "Flens kommun bygger en simhall.")
    web.page("/c", "Meny", "Här står en text om vädret i hela landet, och ingenting annat.", menu="Katrineholm")
    web.page("/new", "Katrineholm", *SCHOOL)
    home = make_home(f"{web.url}/feed")
    run(home)
    taken = monitor("explain", f"{web.url}/a", "--home", home)
    assert "verdict  taken" in taken.out, taken
    no_mention = monitor("explain", f"{web.url}/b", "--home", home).out
    assert "no spelling of the names" in no_mention
    assert "not taken" in no_mention
    assert "does not name the municipality" in monitor("explain", f"{web.url}/c", "--home", home).out
    unknown = monitor("explain", f"{web.url}/new", "--home", home)
    assert "no source has pointed to it" in unknown.out
    assert "verdict  taken" in unknown.out
    file = home / "page.html"
    file.write_text("<html><body><p>Ingenting här.</p></body></html>")
    assert "no spelling of any name" in monitor("explain", file, "--home", home).out
    steps = monitor("explain", f"{web.url}/gone", "--home", home, "--json").json
    assert steps[-1]["step"] == "verdict"
    assert "not taken" in steps[-1]["found"]


def test_a_page_behind_a_wall_is_judged_on_the_feeds_words_and_the_letter_says_so(
    web: Web, make_home: MakeHome
) -> None:
    web.feed("/feed", ("Katrineholm höjer skatten", "/a"))
    web["/a"] = Answer(b"no", 403)
    home = make_home(f"{web.url}/feed")
    assert run(home).code == 0
    (article,) = articles(home)
    assert article["from_feed"] == 1
    assert "HTTP 403" in article["note"]
    assert "Bara rubrik" in letter(home)


def test_a_changed_article_is_the_same_article_and_is_marked_as_changed(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola byggs i Katrineholm", "/a"))
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    home = make_home(f"{web.url}/feed")
    run(home)
    web.feed("/feed", ("Ny skola i Katrineholm dröjer", "/a"))
    web.page(
        "/a", "Ny skola i Katrineholm dröjer", *SCHOOL[:2], "Bygget skjuts upp till våren 2027 efter en överklagan."
    )
    run(home, now="2026-11-24T08:00:00+01:00")
    (article,) = articles(home)
    assert article["title"] == "Ny skola i Katrineholm dröjer"
    assert article["revised"] is not None


def test_the_same_text_in_three_papers_is_one_story(web: Web, make_home: MakeHome) -> None:
    for number in range(3):
        web.feed(f"/feed{number}", (f"Ny skola byggs, {number}", f"/a{number}"))
        web.page(f"/a{number}", f"Ny skola byggs, {number}", *SCHOOL)
    home = make_home(*(f"{web.url}/feed{number}" for number in range(3)))
    run(home)
    (story,) = monitor("stories", "--home", home, "--json").json
    assert story["articles"] == 3
    assert sorted(member["copy"] for member in story["members"]) == [0, 1, 1]


def test_an_old_article_of_a_new_source_is_searchable_but_not_in_the_letter(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Gammalt om Katrineholm", "/a"), a="Mon, 02 Nov 2026 12:00:00 +0100")
    web.page("/a", "Gammalt om Katrineholm", *SCHOOL)
    home = make_home(f"{web.url}/feed")
    run(home)
    assert "Gammalt om Katrineholm" not in letter(home)
    found = monitor("search", "kommunfullmäktige skola", "--home", home, "--json").json
    assert [row["title"] for row in found] == ["Gammalt om Katrineholm"]
    assert monitor("search", '"en ny skola i centrum"', "--home", home, "--json").json
    assert monitor("search", "kommunfullmaktige", "--home", home, "--json").json == []


def test_what_was_published_just_before_a_letter_and_found_after_it_stands_in_the_next(
    web: Web, make_home: MakeHome
) -> None:
    web.feed("/feed", ("Första", "/x"))
    web.page("/x", "Första", "Flen.")
    home = make_home(f"{web.url}/feed")
    run(home, now="2026-11-24T06:30:00+01:00")
    web.feed("/feed", ("Ny skola byggs i Katrineholm", "/a"), a="Tue, 24 Nov 2026 06:20:00 +0100")
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    monitor("crawl", "--home", home, "--now", now="2026-11-24T09:00:00+01:00")
    run(home, now="2026-11-25T06:30:00+01:00")
    assert "Ny skola byggs" in letter(home, "2026-11-25")
    run(home, now="2026-11-26T06:30:00+01:00")
    assert "Ny skola byggs" not in letter(home, "2026-11-26")


def test_an_empty_day_and_a_day_with_failed_sources_say_so_in_words(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Annat", "/b"))
    web.page("/b", "Annat", "Flen.")
    home = make_home(f'{web.url}/feed name="Djulöposten" important=yes')
    assert run(home).code == 0
    assert "Inga nya artiklar" in letter(home)
    web["/feed"] = Answer(b"no", 403)
    assert run(home, now="2026-11-25T06:31:00+01:00").code == 1
    broken = letter(home, "2026-11-25")
    assert "Inga nya artiklar" not in broken
    assert "ofullständig" in broken.lower()
    assert "Djulöposten" in broken


def test_a_paused_source_is_not_asked_and_the_letter_says_paused(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola byggs i Katrineholm", "/a"))
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    home = make_home(f'{web.url}/feed name="Djulöposten"', f'{web.url}/paused name="Vilande bladet" paused=yes')
    assert run(home).code == 0
    assert "/paused" not in web.paths
    text = letter(home)
    assert "Vilande bladet" in text
    assert "pausat" in text
    assert "paused" in monitor("sources", "--home", home).out


def test_old_pages_and_texts_go_and_the_headline_stays(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola byggs i Katrineholm", "/a"), ("Olästa", "/b"))
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    home = make_home(f"{web.url}/feed")
    run(home)
    later = "2027-06-01T06:30:00+02:00"
    would = monitor("purge", "--home", home, "--dry-run", "--json", now=later).json
    assert [row["rows"] for row in would if row["what"] == "article text"] == [1]
    assert monitor("purge", "--home", home, "--json", now=later).json == would
    assert monitor("search", "kommunfullmäktige", "--home", home, "--json").json == []
    assert [row["title"] for row in articles(home)] == ["Ny skola byggs i Katrineholm"]
    assert monitor("purge", "--home", home, "--json", now=later).json == []


def test_the_steps_one_by_one_end_where_a_run_ends(web: Web, make_home: MakeHome) -> None:
    web.feed("/feed", ("Ny skola byggs i Katrineholm", "/a"))
    web.page("/a", "Ny skola byggs i Katrineholm", *SCHOOL)
    home = make_home(f"{web.url}/feed")
    for command, said in (
        ("crawl", "1 pages kept"),
        ("read", "1 new articles"),
        ("group", "1 articles folded, 1 new stories"),
        ("digest", "2026-11-24.html"),
    ):
        result = monitor(command, "--home", home)
        assert result.code == 0, result
        assert said in result.out
    assert "Ny skola byggs" in letter(home)
    for command in ("read", "group"):
        assert monitor(command, "--home", home).out.startswith("0 ")
