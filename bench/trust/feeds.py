"""Hostile feeds: the feeds of feedparser's tests, generated ones, and seeded mutations, each to an end with a reason.

python -m bench.trust.feeds
"""

import sys
import tempfile
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bench.hostile import mutations
from bench.trust._readers import SHARED, make_generated, members, missing, try_reader
from monitor.core.feeds import read_feed

MUTATIONS, SEED = 2_800, 8
ARCHIVE = SHARED / "data" / "feeds" / "feedparser-tests.tar.xz"
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def main() -> int:
    """Print one line a set and return the exit code."""
    if missing(ARCHIVE, SHARED / "tools" / "hostile_inputs.py"):
        return 2
    known = list(members(ARCHIVE, ".xml", ".json"))
    known += [(path.name, path.read_bytes()) for path in (SHARED / "data" / "feeds").glob("*.xml")]
    mutated = mutations([body for _, body in known], MUTATIONS, SEED)
    with tempfile.TemporaryDirectory() as folder:
        generated = make_generated(Path(folder), "feed")
    tally = try_reader(read_feed, chain(known, generated, mutated), ("https://feeds.example/feed.xml", "", NOW))
    print(f"   feeds: {tally}")
    return 0 if tally.held else 1


if __name__ == "__main__":
    sys.exit(main())
