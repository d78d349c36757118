"""What no program can beat on this machine: a bare fetch, lxml's parse, a search of bytes. Medians of three.

python -m bench.limits [--pages 1000]
"""

import argparse
import asyncio
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp
import lxml.html

from bench.rows import tell
from bench.small_web import TOWN, make_page, small_web

AT_ONCE = 32


async def fetch_all(urls: Sequence[str]) -> list[int]:
    """Fetch every address with aiohttp; return the sizes."""
    places = asyncio.Semaphore(AT_ONCE)

    async def fetch(session: aiohttp.ClientSession, url: str) -> int:
        async with places, session.get(url) as response:
            return len(await response.read())

    async with aiohttp.ClientSession() as session:
        return list(await asyncio.gather(*(fetch(session, url) for url in urls)))


def median_cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of some work in this process."""
    taken = []
    for _ in range(3):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def main() -> None:
    """Tell the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    given = parser.parse_args()
    with small_web(feeds=0, pages=given.pages) as web:
        fetched = median_cpu(lambda: asyncio.run(fetch_all(web.pages)))
    tell("limits", "bare fetch of a page (aiohttp), CPU", fetched / given.pages * 1000, "ms")
    pages = [b"".join(make_page(number, 0.05, TOWN)) for number in range(200)]
    parsed = median_cpu(lambda: [lxml.html.fromstring(page) for page in pages])
    tell("limits", "lxml's tree of a page, CPU", parsed / len(pages) * 1000, "ms")
    size = sum(map(len, pages))
    name = TOWN.encode()
    found = median_cpu(lambda: [name in page for page in pages])
    tell("limits", "bytes in bytes, one name", size / found / 1e6, "MB/s", more_is_better=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages"
        path.write_bytes(b"".join(pages) * 10)
        began = time.monotonic()
        subprocess.run(["grep", "-c", "-F", TOWN, path], check=True, capture_output=True, env={"LC_ALL": "C"})
        tell("limits", "grep -F, one name", size * 10 / (time.monotonic() - began) / 1e6, "MB/s", more_is_better=True)


if __name__ == "__main__":
    main()
