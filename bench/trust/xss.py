"""Hostile words through everything that shows words, in Chromium: our own, and those of feedparser's tests.

The 745 feeds of feedparser that try its sanitiser are read as the crawl reads them; what comes out, and what they say
as it stands there, becomes headlines, texts, names of sources and addresses of a home (tests/xss). Its letters, mails,
pages and feeds are opened: nothing may run, nothing may be asked of another host, no address of another scheme may be
followed. Needs the shared data (MONITOR_SHARED), node and Chromium (`make test-browser` installs them).
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from monitor.core.feeds import read_feed
from tests.xss.strings import ADDRESSES, STRINGS

SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).parents[3] / "shared")) / "data"
BROWSER = Path(__file__).parents[2] / "tests" / "browser"
FEEDS = 745
MISSING = 2
_VALUE = re.compile(
    rb"<(?:title|description|summary|content|subtitle|tagline|info|copyright|rights)\b[^>]*>(.*?)</", re.DOTALL
)


def feeds(folder: Path) -> list[Path]:
    """Return the feeds of feedparser's tests that try what a sanitiser must take out."""
    with tarfile.open(SHARED / "feeds" / "feedparser-tests.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return sorted(path for path in folder.rglob("*.xml") if "sanitize" in path.parts)


def words_of(paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Give (what is said, its address) of feeds: as it was read, and as it stood there."""
    for path in paths:
        body = path.read_bytes()
        reading = read_feed(body, "https://feeds.example/feed.xml", "")
        for entry in reading.entries:
            for words in (entry.title, entry.summary, entry.content):
                yield words, entry.url
        yield reading.title, ""
        for value in _VALUE.findall(body):
            yield value.decode("utf-8", "replace").strip(), ""


def main() -> int:
    """Open it all and return the exit code."""
    if not (SHARED / "feeds").is_dir() or not (BROWSER / "node_modules").is_dir():
        print(f"NOT RUN: needs {SHARED}/feeds (MONITOR_SHARED) and the browser tests' packages (make test-browser)")
        return MISSING
    with tempfile.TemporaryDirectory() as folder:
        paths = feeds(Path(folder) / "feeds")
        said = [pair for pair in words_of(paths) if pair[0]]
        words = list(dict.fromkeys([*STRINGS, *(word for word, _ in said)]))
        addresses = list(dict.fromkeys([*ADDRESSES, *(url for _, url in said if url)]))
        print(f"{len(paths)} feeds; {len(words)} strings ({len(STRINGS)} our own), {len(addresses)} addresses")
        file = Path(folder) / "words.json"
        file.write_text(json.dumps({"words": words, "addresses": addresses}), encoding="utf-8")
        command = ["node", "xss.mjs", sys.executable, f"{folder}/out", str(file)]
        end = subprocess.run(command, cwd=BROWSER, check=False).returncode
    return 1 if end or len(paths) < FEEDS else 0


if __name__ == "__main__":
    sys.exit(main())
