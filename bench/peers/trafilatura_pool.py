"""Peer: trafilatura alone, in a pool of processes, over pages that lie in memory.

    python trafilatura_pool.py FOLDER PROCESSES [metadata]

Its fast mode without comments, as ours reads; with `metadata` it also finds title, date and so on, which ours does too.
The pool is warm before the clock starts. Prints a line of JSON: pages, seconds.
"""

import json
import multiprocessing
import sys
import time
from pathlib import Path

import trafilatura
from trafilatura.settings import Document

METADATA = "metadata" in sys.argv


def read(body: bytes) -> int:
    """Read one page; return how long its text is."""
    document = trafilatura.bare_extraction(body, fast=True, include_comments=False, with_metadata=METADATA)
    return len(document.text or "") if isinstance(document, Document) else 0


if __name__ == "__main__":
    bodies = [path.read_bytes() for path in sorted(Path(sys.argv[1]).iterdir())]
    with multiprocessing.Pool(int(sys.argv[2])) as pool:
        pool.map(read, bodies[:20], chunksize=1)
        began = time.perf_counter()
        lengths = pool.map(read, bodies, chunksize=8)
        seconds = time.perf_counter() - began
    print(json.dumps({"pages": sum(length > 0 for length in lengths), "seconds": seconds}))
