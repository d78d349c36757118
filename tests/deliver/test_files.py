"""The files of a letter on the disk."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from monitor.deliver.files import write_digest
from monitor.errors import DeliveryError

DAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Letter:
    html: str
    text: str = "text\n"
    json: str = "{}\n"


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes: writing fails in the middle, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_letter_is_three_files_named_by_its_day(tmp_path: Path) -> None:
    path = write_digest(tmp_path / "out", DAY, Letter("<p>å</p>"))
    assert path.read_bytes() == "<p>å</p>".encode()
    assert {file.name for file in path.parent.iterdir()} == {f"2026-11-24.{form}" for form in ("html", "txt", "json")}


def test_a_full_disk_leaves_the_earlier_letter_whole_and_is_told(tmp_path: Path) -> None:
    write_digest(tmp_path, DAY, Letter("<p>first</p>"))
    with full_after(4_000), pytest.raises(DeliveryError, match="the letter could not be written"):
        write_digest(tmp_path, DAY, Letter("x" * 100_000))
    assert (tmp_path / "2026-11-24.html").read_text() == "<p>first</p>"
    assert len(list(tmp_path.iterdir())) == 3
    write_digest(tmp_path, DAY, Letter("<p>second</p>"))
    assert (tmp_path / "2026-11-24.html").read_text() == "<p>second</p>"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(DeliveryError, match="out"):
        write_digest(tmp_path / "out", DAY, Letter(""))
