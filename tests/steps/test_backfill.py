"""Archives into a home: by the rules of a run, each page once, nothing in a letter, no text kept too long."""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlite_utils import Database

from monitor.archives.scan import Job, scan_file
from monitor.config import Home, read_home
from monitor.models import Clock, Entry, Poll, PollOutcome, Refused, SiteFile
from monitor.steps import watch_of
from monitor.steps.backfill import FOLDER, Backfilled, Bounds, backfill
from monitor.steps.publish import publish
from monitor.steps.purge import purge
from monitor.store import articles as article_store
from monitor.store import intake as intake_store
from monitor.store.health import StoredSiteFiles
from tests.command import call
from tests.warc_files import LABEL, Answer, page, record, write_warc

TOWN = "Badhuset i Katrineholm byggs om för tolv miljoner kronor, säger kommunens tekniska chef."
RECENT = "2026-11-02T05:00:00Z"


def run_here(
    jobs: Sequence[Job], *, go_on: Callable[[], bool], announce: Callable[[str], None], **_given: object
) -> Iterator[tuple[Job, Refused | None]]:
    """A cluster of one: this process."""
    announce("http://127.0.0.1:8787/status")
    for job in jobs:
        if go_on():
            yield job, scan_file(job)


def answer(name: str, text: str = TOWN, *, at: str = RECENT, host: str = "bladet.example", headers: str = "") -> Answer:
    html = "Content-Type: text/html; charset=utf-8\r\n"
    return Answer(f"https://{host}/{name}", page(f"Om {name} i dag", text), at=at, headers=html + headers)


@pytest.fixture
def home(make_home: Callable[..., Path]) -> Home:
    return read_home(make_home("https://bladet.example/feed", "https://lankar.example/feed store=link"))


@pytest.fixture
def fill(home: Home, db: Database, clock: Clock, tmp_path: Path) -> Callable[..., Backfilled]:
    def run(*answers: Answer, paths: Sequence[Path] = (), bounds: Bounds | None = None) -> Backfilled:
        files = paths or [write_warc(tmp_path / "a.warc.gz", answers)]
        return backfill(home, db, clock, files, bounds=bounds, run=run_here)

    return run


def rows(db: Database) -> list[dict[str, object]]:
    return list(db.query("select * from articles order by url"))


def test_what_names_the_town_becomes_an_article_of_its_source(fill: Callable[..., Backfilled], db: Database) -> None:
    result = fill(answer("badet"), answer("flen", "Badhuset i Flen byggs om."), answer("ny", host="okand.example"))
    assert (result.files, result.records, result.finds, result.new) == (1, 3, 2, 2)
    assert result.passed == {"no spelling of the names": 1}
    listed, unlisted = rows(db)
    assert (listed["source"], listed["baseline"]) == ("https://bladet.example/feed", 1)
    assert TOWN in str(listed["text"])
    assert unlisted["source"] == "https://okand.example/"
    assert db.execute("select name from sources where kind = 'archive'").fetchall() == [("Arkiv: okand.example",)]


def test_a_rerun_reads_nothing_twice_and_doubles_nothing(
    fill: Callable[..., Backfilled], db: Database, tmp_path: Path
) -> None:
    fill(answer("badet"))
    before = rows(db)
    again = fill(answer("badet"))
    assert (again.files, again.before, again.new) == (0, 1, 0)
    other = write_warc(tmp_path / "b.warc.gz", [answer("badet"), answer("badet"), answer("mer")])
    more = fill(paths=[tmp_path / "a.warc.gz", other])
    assert (more.files, more.before, more.known, more.new) == (1, 1, 2, 1)
    assert rows(db)[0] == before[0]


def test_a_page_that_a_source_has_told_of_stays_with_the_crawl(
    home: Home, fill: Callable[..., Backfilled], db: Database, clock: Clock
) -> None:
    intake_store.register_sources(db, home.sources)
    poll = Poll(source=home.sources[0].url, at=clock(), outcome=PollOutcome.OK)
    intake_store.save_poll(db, poll, [Entry(key="1", url="https://www.bladet.example/badet?utm_source=rss", title="B")])
    intake_store.save_poll(db, poll, [Entry(key="2", url="https://bladet.example/badet2", title="B")])
    assert fill(answer("badet2")).known == 1
    assert rows(db) == []


def test_nothing_of_an_archive_stands_in_a_letter(
    home: Home, fill: Callable[..., Backfilled], db: Database, clock: Clock
) -> None:
    result = fill(answer("i-dag", at="2026-11-23T12:00:00Z"), answer("nyss", at="2026-11-23T04:00:00Z"), answer("forr"))
    assert (result.new, result.fresh) == (2, 1)
    assert publish(home, db, clock).articles == 0


def test_of_an_old_text_only_headline_and_quote_are_kept(
    home: Home, fill: Callable[..., Backfilled], db: Database, clock: Clock
) -> None:
    fill(answer("gammal", at="2021-03-02T05:00:00Z"))
    (old,) = rows(db)
    assert (old["title"], old["text"], old["lead"]) == ("Om gammal i dag", "", "")
    assert "Katrineholm" in str(old["quote"])
    purge(home, db, clock)
    assert rows(db) == [old]


def test_what_sites_and_sources_reserve_is_respected(
    home: Home, fill: Callable[..., Backfilled], db: Database, clock: Clock
) -> None:
    body = b'[{"location": "/", "tdm-reservation": 1}]'
    file = SiteFile(url="https://fil.example/.well-known/tdmrep.json", asked=clock(), status=200, reason="", body=body)
    StoredSiteFiles(db).keep(file)
    result = fill(
        answer("a", headers="tdm-reservation: 1\r\n"),
        answer("b", host="fil.example"),
        answer("c", host="lankar.example"),
        answer("d", headers="X-Robots-Tag: noindex\r\n"),
    )
    assert result.passed["reserved by their sites"] == 2
    assert [(row["url"], row["text"], row["lead"]) for row in rows(db)] == [
        ("https://bladet.example/d", "", ""),
        ("https://lankar.example/c", "", ""),
    ]
    assert "noindex" in str(rows(db)[0]["note"])


def test_bounds_leave_files_for_the_next_time(fill: Callable[..., Backfilled], tmp_path: Path) -> None:
    files = [write_warc(tmp_path / f"{name}.warc.gz", [answer(name)]) for name in ("x", "y", "z")]
    first = fill(paths=files, bounds=Bounds(files=1))
    assert (first.files, first.left) == (1, 2)
    second = fill(paths=files, bounds=Bounds(size=files[1].stat().st_size))
    assert (second.files, second.before, second.left) == (1, 1, 1)
    third = fill(paths=files, bounds=Bounds(hours=1e-12))
    assert (third.files, third.left) == (0, 1)
    assert fill(paths=files, bounds=Bounds(hours=1)).files == 1


def test_a_broken_file_gives_what_it_has_and_is_read_anew_when_it_is_whole(
    fill: Callable[..., Backfilled], db: Database, tmp_path: Path
) -> None:
    answers = [answer(name) for name in ("a", "b", "c")]
    path = write_warc(tmp_path / "cut.warc.gz", answers)
    path.write_bytes(path.read_bytes()[:-100])
    missing = tmp_path / "none.warc.gz"
    broken = fill(paths=[path, missing])
    assert broken.new == 2
    assert {problem[0] for problem in broken.problems} == {path, missing}
    write_warc(path, answers)
    whole = fill(paths=[path])
    assert (whole.new, whole.known, whole.problems) == (1, 2, [])
    assert len(rows(db)) == 3


def test_results_that_a_lost_cluster_left_are_imported_without_it(
    home: Home, db: Database, clock: Clock, tmp_path: Path
) -> None:
    files = [write_warc(tmp_path / f"{name}.warc.gz", [answer(name)]) for name in ("x", "y", "z")]

    def lose(jobs: Sequence[Job], **given: object) -> Iterator[tuple[Job, Refused | None]]:
        yield jobs[2], scan_file(jobs[2])
        scan_file(jobs[1])
        raise ConnectionError("lost")

    with pytest.raises(ConnectionError):
        backfill(home, db, clock, files, run=lose)
    assert [row["url"] for row in rows(db)] == ["https://bladet.example/z"]
    started: list[Job] = []

    def note(jobs: Sequence[Job], **given: object) -> Iterator[tuple[Job, Refused | None]]:
        started.extend(jobs)
        return iter([(jobs[0], Refused("the disk is full"))])

    second = backfill(home, db, clock, files, run=note)
    assert [job.path.name for job in started] == ["x.warc.gz"]
    assert (second.files, second.before, second.problems) == (1, 1, [(files[0], "the disk is full")])


def test_results_that_are_no_results_are_told_and_old_ones_are_purged(
    home: Home, db: Database, clock: Clock, tmp_path: Path
) -> None:
    file = write_warc(tmp_path / "x.warc.gz", [answer("x")])

    def spoil(jobs: Sequence[Job], **given: object) -> Iterator[tuple[Job, Refused | None]]:
        jobs[0].result.write_bytes(b"no parquet")
        return iter([(jobs[0], None)])

    result = backfill(home, db, clock, [file], run=spoil)
    assert "cannot be read" in result.problems[0][1]
    assert len(list((home.path / FOLDER).iterdir())) == 1
    purge(home, db, clock, pretend=True)
    later = clock() + timedelta(days=3_000)
    purge(home, db, lambda: later)
    assert list((home.path / FOLDER).iterdir()) == []


def test_a_worker_of_another_version_reads_nothing(tmp_path: Path, home: Home) -> None:
    job = Job(path=tmp_path / "a", result=tmp_path / "b", watch=watch_of(home), areas={}, version="0")
    said = scan_file(job)
    assert said is not None
    assert "this home 0" in said.reason


def test_a_worker_that_could_not_kill_a_page_reads_none(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_nanny = SimpleNamespace(current_process=lambda: SimpleNamespace(daemon=True))
    monkeypatch.setattr("monitor.archives.scan.multiprocessing", under_nanny)
    said = scan_file(Job(path=tmp_path / "a", result=tmp_path / "b", watch=watch_of(home), areas={}))
    assert said is not None
    assert "DASK_DISTRIBUTED__WORKER__DAEMON=false" in said.reason


def test_a_worker_that_cannot_write_says_where(tmp_path: Path, home: Home) -> None:
    job = Job(path=tmp_path / "a", result=tmp_path / "none" / "b", watch=watch_of(home), areas={})
    said = scan_file(job)
    assert said is not None
    assert str(job.result) in said.reason


def test_the_command_says_what_is_missing(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    said = call("backfill", "--home", home.path, tmp_path / "a.warc.gz")
    assert said.code == 2
    assert 'pip install "town-monitor[backfill]"' in said.err


def test_the_command_tells_of_files_that_are_not_there(home: Home, tmp_path: Path) -> None:
    said = call("backfill", "--home", home.path, "--max-files", "1", tmp_path / "none.warc.gz")
    assert said.code == 1
    assert "none.warc.gz: it cannot be read: No such file" in said.err
    assert said.out.startswith("0 files read, 0 done before; 0 answers")


def test_the_command_tells_a_wrong_address_and_keeps_the_files_for_the_next_time(
    home: Home, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.archives.cluster.CONNECT", 1)
    file = write_warc(tmp_path / "a.warc.gz", [answer("badet")])
    said = call("backfill", "--home", home.path, "--scheduler", "tcp://127.0.0.1:1", file)
    assert said.code == 2
    assert 'no Dask scheduler answers at "tcp://127.0.0.1:1". It looks like tcp://10.0.0.5:8786' in said.err
    assert rows(db) == []


def test_a_mislabelled_file_is_told_and_is_not_taken_for_done(
    fill: Callable[..., Backfilled], db: Database, tmp_path: Path
) -> None:
    path = tmp_path / "bare.warc"
    path.write_bytes(record(answer("badet")).replace(LABEL, b""))
    for _ in range(2):
        result = fill(paths=[path])
        assert (result.files, result.before, result.records) == (0, 0, 1)
        assert "labelled" in result.problems[0][1]
    path.write_bytes(record(answer("badet")))
    assert (fill(paths=[path]).new, len(rows(db))) == (1, 1)


def test_articles_of_an_archive_can_be_explained(fill: Callable[..., Backfilled], db: Database) -> None:
    fill(answer("badet"))
    known = article_store.find_page(db, "https://bladet.example/badet")
    assert known is not None
    assert (known["state"], known["has_body"], known["article_title"]) == ("taken", 0, "Om badet i dag")
