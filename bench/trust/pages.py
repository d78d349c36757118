"""Hostile pages: generated ones and seeded mutations of real ones, each to an end with a reason.

python -m bench.trust.pages
"""

import gzip
import sys
import tempfile
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bench.hostile import mutations
from bench.trust._readers import SHARED, make_generated, members, missing, try_reader
from monitor.core.pages.extract import extract

MUTATIONS, SEED = 2_000, 8
ARTICLES = SHARED / "data" / "pages" / "article-extraction-benchmark.tar.xz"
POLICE = SHARED / "data" / "police" / "pages.tar.xz"
NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


def main() -> int:
    """Print one line and return the exit code."""
    if missing(ARTICLES, POLICE, SHARED / "tools" / "hostile_inputs.py"):
        return 2
    real = [gzip.decompress(body) for _, body in members(ARTICLES, ".html.gz")]
    real += [body for _, body in members(POLICE, ".html")][: len(real)]
    with tempfile.TemporaryDirectory() as folder:
        generated = make_generated(Path(folder), "html")
    mutated = mutations(real, MUTATIONS, SEED)
    tally = try_reader(extract, chain(generated, mutated), ("https://paper.example/nyheter/1", "", NOW))
    print(f"   pages: {tally}")
    return 0 if tally.held else 1


if __name__ == "__main__":
    sys.exit(main())
