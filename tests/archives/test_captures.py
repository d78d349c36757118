"""WARC files, whole and broken: what could be read is given, and what was wrong is said."""

import gzip
from pathlib import Path

import pytest

from monitor.archives.captures import MAX_BYTES, Tally, read_captures
from monitor.archives.results import Scanned, read_results, write_results
from monitor.core.archives import Capture, Find, Passed
from monitor.models import Access, AuthorRole, Outcome, PageReading, StorePolicy
from tests.warc_files import INFO, LABEL, Answer, page, record, write_warc

PAGE = page("Badhuset", "Badhuset i Katrineholm byggs om.")
ANSWERS = [Answer(f"https://bladet.example/{number}", PAGE) for number in range(5)]


def read(path: Path) -> tuple[list[Capture], Tally]:
    tally = Tally()
    return list(read_captures(path, tally, lambda *_page: None)), tally


def test_every_answer_is_given_with_its_address_time_and_headers(tmp_path: Path) -> None:
    captures, tally = read(write_warc(tmp_path / "a.warc.gz", ANSWERS))
    assert [capture.url for capture in captures] == [answer.url for answer in ANSWERS]
    assert {capture.body for capture in captures} == {PAGE}
    assert captures[0].fetched_at.isoformat() == "2026-03-02T05:00:00+00:00"
    assert captures[0].content_type == "text/html; charset=utf-8"
    assert (tally.records, tally.problem) == (5, "")


def test_an_archive_that_is_not_packed_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(INFO + b"".join(map(record, ANSWERS)))
    captures, tally = read(path)
    assert (len(captures), tally.problem) == (5, "")


@pytest.mark.parametrize("lost", [1, 9, 40, 300])
def test_a_file_that_is_cut_short_anywhere_gives_what_it_has_and_says_so(tmp_path: Path, lost: int) -> None:
    path = write_warc(tmp_path / "a.warc.gz", ANSWERS)
    path.write_bytes(path.read_bytes()[:-lost])
    captures, tally = read(path)
    assert 3 <= len(captures) <= 5
    assert "cut short" in tally.problem or "damaged" in tally.problem


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a text\n" * 500, "no WARC file"),
        (gzip.compress(b"a text\n" * 500), "no WARC file"),
        (b"", "is it a WARC file?"),
        (gzip.compress(INFO), "is it a WARC file?"),
        (gzip.compress(INFO) + b"".join(gzip.compress(record(a)) for a in ANSWERS) + b"rest" * 9, "after 5 answers"),
    ],
    # Named, since packed bytes hold the time of packing, and pytest's workers must agree on the names.
    ids=["text", "packed text", "nothing", "no answers", "something after the last answer"],
)
def test_a_file_that_is_no_archive_is_told_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    assert said in read(path)[1].problem


def test_a_damaged_file_gives_what_stands_before_the_damage(tmp_path: Path) -> None:
    path = write_warc(tmp_path / "a.warc.gz", ANSWERS)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(40) + whole[len(whole) // 2 + 40 :])
    captures, tally = read(path)
    assert 1 <= len(captures) < 5
    assert "fetch it again" in tally.problem


def test_only_what_is_wanted_is_given_and_the_rest_is_counted_by_its_reason(tmp_path: Path) -> None:
    tally = Tally()
    asked: list[tuple[int, str, bytes]] = []

    def glance(status: int, content_type: str, body: bytes) -> Passed | None:
        asked.append((status, content_type, body))
        return Passed.NO_MENTION if len(asked) < 5 else None

    (capture,) = read_captures(write_warc(tmp_path / "a.warc.gz", ANSWERS), tally, glance)
    assert capture.url == ANSWERS[-1].url
    assert set(asked) == {(200, "text/html; charset=utf-8", PAGE)}
    assert (tally.records, tally.passed) == (5, {Passed.NO_MENTION: 4})


def test_answers_that_are_not_labelled_as_such_are_told_when_there_are_no_others(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    bare = INFO + b"".join(record(answer).replace(LABEL, b"") for answer in ANSWERS)
    path.write_bytes(bare)
    captures, tally = read(path)
    assert (captures, tally.passed) == ([], {Passed.NO_PAGE: 5})
    assert "none of its 5 answers is labelled as one (Content-Type: application/http" in tally.problem
    path.write_bytes(bare + record(ANSWERS[0]))
    assert (len(read(path)[0]), read(path)[1].problem) == (1, "")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "No such file" in read(tmp_path / "none.warc.gz")[1].problem


def test_codings_are_taken_off_within_the_bound(tmp_path: Path) -> None:
    html = "Content-Type: text/html\r\n"
    packed = Answer("https://a.example/", gzip.compress(PAGE), headers=html + "Content-Encoding: gzip\r\n")
    pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    chunked = Answer("https://b.example/", pieces, headers=html + "Transfer-Encoding: chunked\r\n")
    captures, tally = read(write_warc(tmp_path / "a.warc.gz", [packed, chunked]))
    assert [capture.body for capture in captures] == [PAGE, PAGE]
    assert not tally.passed


def test_what_is_no_page_is_counted_and_left_out(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(MAX_BYTES + 1))
    unfit = [
        Answer("https://a.example/", bomb, headers="Content-Encoding: gzip\r\n"),
        Answer("https://a.example/", b"x", headers="Content-Encoding: br\r\n"),
        Answer("https://a.example/", b"no chunk", headers="Transfer-Encoding: chunked\r\n"),
        Answer("https://a.example/", bytes(MAX_BYTES + 1)),
        Answer("ftp://a.example/", PAGE),
        Answer("https://a.example/", PAGE, at="long ago"),
    ]
    captures, tally = read(write_warc(tmp_path / "a.warc.gz", [*unfit, Answer("https://b.example/", PAGE)]))
    assert [capture.url for capture in captures] == ["https://b.example/"]
    assert (tally.records, tally.passed, tally.problem) == (7, {Passed.NO_PAGE: 6}, "")


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    (capture,) = read(write_warc(tmp_path / "a.warc.gz", ANSWERS[:1]))[0]
    reading = PageReading(
        outcome=Outcome.PARTIAL, reason="cut", url=capture.url, title="Åäö", lead="Ingress", blocks=("ett", "två"),
        published=capture.fetched_at, published_from="json-ld", published_raw="2 mars", language="sv",
        access=Access.LOCKED, author_role=AuthorRole.AGENCY,
    )  # fmt: skip
    find = Find(
        url=capture.url, fetched_at=capture.fetched_at, store=StorePolicy.LINK, store_reason="noindex", reading=reading
    )
    scanned = Scanned(records=7, problem="cut short", passed={"reserved": 2}, finds=(find,))
    write_results(tmp_path / "a.parquet", scanned)
    assert read_results(tmp_path / "a.parquet") == scanned
