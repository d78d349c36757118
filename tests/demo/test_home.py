"""The demo's home: an ordinary one, at the same addresses every time."""

import json
import socket
from pathlib import Path

import pytest

from monitor.config import read_home
from monitor.config.secrets import read_secret
from monitor.demo import Addresses, make_home, sites
from monitor.demo.content import SERVICES, source_of
from monitor.demo.home import BASE_PORT, KEY_FILE, find_addresses, write_settings, write_sources
from monitor.errors import UsageError


def test_the_home_is_read_without_a_problem_and_holds_every_site(tmp_path: Path) -> None:
    addresses = make_home(tmp_path / "demo")
    home = read_home(tmp_path / "demo")
    assert home.problems == ()
    assert {source.name for source in home.sources} == {site.name for site in sites() if site.listed}
    for site, source in ((site, source) for site in sites() for source in home.sources if source.name == site.name):
        assert source.url == source_of(site, addresses)
        assert (source.source_class, source.group, source.important) == (site.source_class, site.group, site.important)
        assert source.kind == (site.feed if site.feed in SERVICES | {"sitemap", "listing"} else "feed")
        assert (source.area != "") is (site.area != "")
    assert set(home.settings.crawl.allow_hosts) == {
        "{}:{}".format(*addresses.bind(site.host)) for site in sites()
    }  # fmt: skip


def test_a_second_call_gives_the_same_addresses_and_changes_nothing(tmp_path: Path) -> None:
    first = make_home(tmp_path)
    (tmp_path / "feeds.txt").write_text("# edited\n", encoding="utf-8")
    assert make_home(tmp_path) == first
    assert (tmp_path / "feeds.txt").read_text(encoding="utf-8") == "# edited\n"


def test_a_home_that_an_earlier_version_made_gets_the_sources_of_this_one_at_its_old_addresses(tmp_path: Path) -> None:
    first = make_home(tmp_path)
    mark = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
    (tmp_path / "demo.json").write_text(json.dumps(mark | {"edition": "older"}), encoding="utf-8")
    (tmp_path / "feeds.txt").write_text("http://127.0.0.2:1/rss.xml\n", encoding="utf-8")
    assert make_home(tmp_path) == first
    assert (tmp_path / "feeds.txt").read_text(encoding="utf-8") == write_sources(first)


def test_the_key_of_the_services_is_new_in_every_home_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "other"):
        make_home(tmp_path / name)
        assert (tmp_path / name / KEY_FILE).stat().st_mode & 0o777 == 0o600
        keys.add(read_secret(KEY_FILE, tmp_path / name, "key"))
    assert len(keys) == 2
    assert all(len(key) >= 20 for key in keys)


def test_a_home_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "monitor.toml").write_text('municipality = "Flen"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="not the demo's"):
        make_home(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "monitor.toml"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"port": "x", "many_hosts": true}'])
def test_a_damaged_mark_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "demo.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="delete the folder"):
        make_home(tmp_path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="could not be written"):
        make_home(tmp_path / "file" / "demo")


def test_a_new_home_steps_aside_when_a_port_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    # Away from the ports of a demo that another test or a person runs at the same time.
    monkeypatch.setattr("monitor.demo.home.BASE_PORT", BASE_PORT + 9_000)
    free = find_addresses()
    with socket.socket() as other:
        other.bind(free.bind(sites()[0].host))
        other.listen()
        found = find_addresses()
    assert found.port > free.port >= BASE_PORT + 9_000


def test_one_port_a_site_where_there_is_one_loopback_address() -> None:
    addresses = Addresses(port=9000, many_hosts=False)
    assert '"127.0.0.1:9002"' in write_settings(addresses)
    assert "http://127.0.0.1:9002/rss/lokalt.xml" in write_sources(addresses)
