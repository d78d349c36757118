"""Peer: lemon24/reader polls feeds into its SQLite file, with 20 workers. Runs in a venv of its own, see bench.peers.

    python reader_poll.py DATABASE URLS

Prints how many entries stand in the database at the end. Every feed is asked at each run: `scheduled=False`.
"""

import logging
import sys
from pathlib import Path

from reader import make_reader


def main(database: str, urls: str) -> None:
    """Add the feeds that are not there yet, and update all."""
    logging.basicConfig(level=logging.ERROR)
    with make_reader(database, search_enabled=False) as reader:
        for url in Path(urls).read_text(encoding="utf-8").split():
            reader.add_feed(url, exist_ok=True)
        reader.update_feeds(scheduled=False, workers=20)
        print(reader.get_entry_counts().total)


if __name__ == "__main__":
    main(*sys.argv[1:])
