"""Settings that a communications officer edits: what is read, and what is said when it is wrong."""

from pathlib import Path

import pytest

from monitor.config import known_kinds, parse_sources, read_home, read_settings
from monitor.config.settings import Retention
from monitor.errors import ConfigError
from monitor.models import Source, SourceClass

KINDS = {"feed", "sitemap", "folder", "inbox"}


def parse(text: str) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    return parse_sources(text, KINDS, "feeds.txt")


def test_an_address_alone_is_a_feed_named_after_its_host() -> None:
    (source,), problems = parse("https://www.example.se/feed/\n")
    assert (source.kind, source.url, source.name) == ("feed", "https://www.example.se/feed/", "example.se")
    assert problems == ()


def test_a_kind_in_front_groups_and_options_are_read() -> None:
    text = '[Lokalt]\nsitemap https://a.se/map.xml name="A bladet" class=local-paper important=ja days=2 # note\n'
    (source,), problems = parse(text)
    assert problems == ()
    assert source.kind == "sitemap"
    assert source.group == "Lokalt"
    assert source.name == "A bladet"
    assert source.source_class is SourceClass.LOCAL_PAPER
    assert source.important
    assert source.options == {"days": "2"}
    assert source.line == 2


def test_a_source_may_be_about_another_town() -> None:
    (source,), _ = parse("https://a.se/x area=Flen")
    assert source.area == "0482"


def test_an_address_with_an_equals_sign_is_an_address() -> None:
    (source,), problems = parse("http://a.se/rss?format=145&x=1 class=radio")
    assert source.url == "http://a.se/rss?format=145&x=1"
    assert problems == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ftp://a.se/x", "is no web address"),
        ("www.a.se/feed", "is no web address"),
        ("sitmap https://a.se/x", "is no kind of source"),
        ("https://a.se/x class=paper", "is not one of local-paper"),
        ("https://a.se/x important=maybe", "must be yes or no"),
        ("https://a.se/x name=a name=b", "is given twice"),
        ("https://a.se/x area=Atlantis", "none of Sweden's municipalities"),
        ("https://a.se/x https://a.se/y", "after the address is not understood"),
        ("http://a b", "after the address is not understood"),
        ("feed https://a.se/x https://a.se/y", "after the address is not understood"),
        ('name="Alone"', "there is no address"),
        ("feed", "there is no address"),
    ],
)
def test_a_wrong_line_is_told_with_its_number_and_an_example_and_stops_nothing_else(line: str, said: str) -> None:
    sources, (problem,) = parse(f"# first\n{line}\nhttps://good.se/feed\n")
    assert [source.url for source in sources] == ["https://good.se/feed"]
    assert problem.startswith("feeds.txt, line 2: ")
    assert said in problem
    assert "Example of a line: https://" in problem


def test_the_same_address_twice_is_told_with_both_lines() -> None:
    sources, (problem,) = parse("https://a.se/x\nhttps://a.se/x\n")
    assert len(sources) == 1
    assert "line 2" in problem
    assert "line 1" in problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_notepad_may_have_saved_the_files(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "monitor.toml").write_bytes('municipality = "Växjö"\r\n'.encode(encoding))
    (tmp_path / "feeds.txt").write_bytes('[Lokalt]\r\n\thttps://a.se/x\tname="Ö-bladet"  \r\n\r\n'.encode(encoding))
    home = read_home(tmp_path)
    assert home.settings.municipality == "Växjö"
    assert [source.name for source in home.sources] == ["Ö-bladet"]
    assert home.problems == ()


@pytest.mark.parametrize(
    ("settings", "where", "said"),
    [
        ("", "municipality", "is missing"),
        ('municipality = ""', "municipality", "is empty"),
        ('municipality = "A"\n[followup]\ndays = { question = -1 }', "followup.days.question", "from 0 to 250"),
        ('municipality = "A"\n[followup]\nconfirm_days = 999', "followup.confirm_days", "from 0 to 250"),
        ('municipality = "A"\nmunicipalty = "B"', "municipalty", "no such setting"),
        ('municipality = "A"\n[crawl]\ndelay = "two"', "crawl.delay", "Expected"),
        ('municipality = "A"\n[crawl]\ndelay = -1', "crawl.delay", "at least 0"),
        ('municipality = "A"\n[crawl]\npages_per_source = 0', "crawl.pages_per_source", "at least 1"),
        ('municipality = "A"\n[crawl]\nallow_hosts = ["127.0.0.1"]', "crawl.allow_hosts", "host:port"),
        ('municipality = "A"\ntime_zone = "Mars/Base"', "time_zone", "no time zone"),
        ('municipality = "A"\nlanguage = "de"', "language", "not one of sv, en"),
        ('municipality = "A"\n[digest]\nat = "25.00"', "digest.at", "no time of day"),
        ('municipality = "A"\n[digest]\nweb = "javascript:x"', "digest.web", "no web address"),
        ('municipality = "A"\n[crawl]\nx = 1', "crawl.x", "no such setting"),
        (
            'municipality = "A"\n[retention]\nclass_days = { sociala = 3 }',
            "retention.class_days",
            "There are: local-paper",
        ),
        ('municipality = "A"\n[retention]\nclass_days = { social = 0 }', "retention.class_days.social", "at least 1"),
        ('municipality = "A"\n[retention]\ndecision = "a\\nb"', "retention.decision", "KS 2026/118"),
        ("municipality = A", "line 1", "not valid TOML"),
    ],
)
def test_a_wrong_setting_names_file_key_and_what_to_do(tmp_path: Path, settings: str, where: str, said: str) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(settings, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_settings(path)
    assert caught.value.path == path
    assert caught.value.where == where
    assert said in str(caught.value)


def test_the_municipalitys_own_colour_must_carry_white_text(tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text('municipality = "Mora"\n[digest]\ncolour = "#5b2c83"\nwatched = ["simhall"]\n', encoding="utf-8")
    assert read_settings(path).digest.colour == "#5b2c83"
    for colour, said in (("purple", "is no colour"), ("#ffcc00", "Take a darker colour")):
        path.write_text(f'municipality = "Mora"\n[digest]\ncolour = "{colour}"\n', encoding="utf-8")
        with pytest.raises(ConfigError, match=said):
            read_settings(path)


def test_a_folder_that_is_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="monitor init"):
        read_home(tmp_path)
    with pytest.raises(ConfigError, match="no such folder"):
        read_home(tmp_path / "nowhere")


def test_a_home_without_feeds_is_told(tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text('municipality = "Mora"\n', encoding="utf-8")
    home = read_home(tmp_path)
    assert home.sources == ()
    assert "feeds.txt" in home.problems[0]


def test_the_kinds_are_the_modules_of_spiders() -> None:
    assert "feed" in known_kinds()


def test_the_example_home_in_the_repository_is_right() -> None:
    home = read_home(Path(__file__).parent.parent)
    assert home.problems == ()
    assert home.settings.municipality == "Katrineholm"
    assert len(home.sources) > 10


@pytest.mark.parametrize(
    ("line", "url", "name"),
    [
        ("folder ./inkorg", "./inkorg", "./inkorg"),
        ("folder inkorg/klipp", "inkorg/klipp", "inkorg/klipp"),
        ("inbox imaps://bevakning@mejl.kommun.example/INBOX", None, "mejl.kommun.example"),
    ],
)
def test_a_folder_of_the_home_and_a_mailbox_are_addresses_of_their_kinds(line: str, url: str | None, name: str) -> None:
    (source,), problems = parse(line)
    assert problems == ()
    assert (source.url, source.name) == (url or line.split()[1], name)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("folder /etc", "no folder of this home"),
        ("folder ../andra", "no folder of this home"),
        ("folder C:\\inkorg", "no folder of this home"),
        ("folder .", "no folder of this home"),
        ("folder https://a.se/", "no folder of this home"),
        ("inbox https://a.se/", "no mailbox"),
        ("inbox imaps://mejl.se", "no mailbox"),
        ("inbox imaps://[mejl", "no mailbox"),
        ("inbox imaps://a@mejl.se:port/INBOX", "no mailbox"),
        ("inbox imaps://a:hemligt@mejl.se/INBOX", "password does not belong"),
        ("feed ./inkorg", "no web address"),
    ],
)
def test_a_wrong_folder_or_mailbox_is_told_and_a_password_is_not_repeated(line: str, said: str) -> None:
    sources, (problem,) = parse(line)
    assert sources == ()
    assert said in problem
    assert "hemligt" not in problem


def test_what_private_persons_write_is_kept_shorter_unless_the_home_says_otherwise() -> None:
    keeping = Retention()
    assert [keeping.days_of(one) for one in (SourceClass.RADIO, SourceClass.BLOG, SourceClass.SOCIAL)] == [90, 30, 30]
    assert Retention(text_days=10).days_of(SourceClass.FORUM) == 10
    own = Retention(class_days={"social": 7, "own": 400})
    assert [own.days_of(one) for one in (SourceClass.SOCIAL, SourceClass.OWN, SourceClass.BLOG)] == [7, 400, 30]
