"""A file is the old one or the new one, and what a killed program left half-written can be told from the rest."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.files import left_behind, sweep, write_whole


def test_a_file_is_written_whole_with_the_mode_it_had(tmp_path: Path) -> None:
    path = tmp_path / "feeds.txt"
    write_whole(path, "å\n")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.txt"]


def test_a_new_file_has_the_mode_that_the_system_gives(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "letter.html", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "letter.html").stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_put_in_place_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "letter.html").mkdir()
    with pytest.raises(OSError, match="letter"):
        write_whole(tmp_path / "letter.html", "x")
    assert [file.name for file in tmp_path.iterdir()] == ["letter.html"]


KILLED = """
import os, pathlib, signal, sys
from monitor import files
files.os.fsync = lambda _handle: os.kill(os.getpid(), signal.SIGKILL)
files.write_whole(pathlib.Path(sys.argv[1]), "half")
"""


def test_what_a_killed_program_left_half_written_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "letter.html"
    write_whole(path, "old")
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    living = tmp_path / ".other.html.0.part"
    with living.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        (dead,) = left_behind(tmp_path)
        assert dead.name.startswith(".letter.html.")
        assert sweep(tmp_path) == [dead]
    assert sorted(file.name for file in tmp_path.iterdir()) == [living.name, "letter.html"]
