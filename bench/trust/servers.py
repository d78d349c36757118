"""Servers that misbehave beside servers that do not, in one run: each bad one is told in a sentence, no good one waits.

    python -m bench.trust.servers          more than 45 behaviours and 50 good sources, against the 50 alone

Everything is on loopback. The bad sources stand first, as the worst order of a feeds.txt would have it. Good ones think
for 0.2 s; the pause per host is a home's own, 2 s. The time limit of an answer is 10 s here and 30 s in a home: what
lasts is made shorter, what is good is not.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from tests.crawl.misbehaving import (
    BOMBS,
    HTML,
    Behaviour,
    Line,
    Street,
    bad_certificates,
    behaviours,
    bomb,
    feed,
    free_port,
    whole,
)

GOOD = 50
LEAST_BAD = 45
THINKS = 0.2
TIMEOUT = 10
DELAY = 2
MOST_MEGABYTES = 600
PAGE = b"<!doctype html><html><body><article><p>Katrineholm.</p></article></body></html>"


async def behave(line: Line) -> None:
    """Answer as a good server does: a feed at the root, pages elsewhere."""
    await asyncio.sleep(THINKS)
    body = whole(feed("Ett", "Tre", origin=line.origin)) if line.path == "/" else whole(PAGE, kind=HTML)
    await line.send(body)


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[18]


def crawl(sources: list[str], allow: list[str]) -> dict[str, Any]:
    """Crawl in another process; return what it noted."""
    told = {"sources": sources, "allow": allow, "timeout": TIMEOUT, "delay": DELAY}
    command = [sys.executable, "-m", "tests.crawl.ask"]
    child = subprocess.run(command, input=json.dumps(told), stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    answer: dict[str, Any] = json.loads(child.stdout)
    return answer


def waits(noted: dict[str, Any], sources: list[str]) -> list[float]:
    """Return for each good source how long it took until its feed and both pages were there."""
    took = []
    for source in sources:
        pages = [page["at"] for page in noted["pages"].values() if page["source"] == source and "bytes" in page]
        if noted["polls"].get(source, {}).get("outcome") == "ok" and len(pages) == 2:
            took.append(max(pages))
    return took


def misread(bad: list[Behaviour], sources: list[str], noted: dict[str, Any]) -> list[str]:
    """Return what was made of a behaviour otherwise than it should."""
    wrong = []
    for behaviour, source in zip(bad, sources, strict=True):
        poll = noted["polls"].get(source, {"outcome": "none", "reason": ""})
        print(f"   {behaviour.name:42} {poll['outcome']:12} {poll['reason'][:110]}")
        told = poll["reason"] or poll["outcome"] in {"ok", "empty", "not modified"}
        if poll["outcome"] != behaviour.outcome or behaviour.words not in poll["reason"] or not told:
            wrong.append(f"{behaviour.name}: {poll['outcome']} instead of {behaviour.outcome}: {poll['reason']}")
    return wrong


@contextlib.contextmanager
def serving(street: Street, hosts: list[Behaviour], folder: str = "") -> Iterator[None]:
    """Serve in a process of its own, so that what bad servers do to this machine is not done to the good ones."""
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    process = context.Process(target=serve, args=(street, hosts, folder, ready), daemon=True)
    process.start()
    ready.wait(300)
    yield
    process.terminate()
    process.join()


def serve(street: Street, hosts: list[Behaviour], folder: str, ready: Event) -> None:
    """Serve until the process is ended."""

    for coding in BOMBS if folder else ():
        bomb(coding)  # now, not when it is asked for: that would stall the others of this process

    async def run() -> None:
        await street.open(hosts, bad_certificates(Path(folder)) if folder else {})
        ready.set()
        await asyncio.sleep(3600)

    asyncio.run(run())


def main() -> int:
    """Run the good alone, then all; say what was found."""
    port = free_port()
    bad = behaviours()
    good = [Behaviour("good", behave, "ok")] * GOOD
    ill, well = Street(1, port), Street(2, port)
    good_sources = [f"http://{well.host(number)}/" for number in range(GOOD)]
    bad_sources = [f"http{'s' if b.tls else ''}://{ill.host(number)}/" for number, b in enumerate(bad)]
    allow = [url.split("/")[2] for url in (*good_sources, *bad_sources)]
    with tempfile.TemporaryDirectory() as folder, serving(well, good), serving(ill, bad, folder):
        alone = crawl(good_sources, allow)
        together = crawl(bad_sources + good_sources, allow)
    wrong = misread(bad, bad_sources, together)
    before, after = waits(alone, good_sources), waits(together, good_sources)
    print(f"{len(bad)} behaviours, {len(wrong)} not told as they should be; good sources whole: {len(after)} of {GOOD}")
    print(f"p95 until a good source is whole: alone {p95(before):.2f} s, beside them {p95(after):.2f} s")
    print(f"run: {together['seconds']} s, {together['cpu']} s of CPU, {together['megabytes']} MB at most"
          f" (alone {alone['seconds']} s, {alone['cpu']} s, {alone['megabytes']} MB)")  # fmt: skip
    print(f"load of this machine, of {os.cpu_count()} processors: {os.getloadavg()[0]:.1f}", *wrong, sep="\n")
    held = not wrong and len(bad) >= LEAST_BAD and len(before) == len(after) == GOOD
    return 0 if held and p95(after) < 2 * p95(before) and together["megabytes"] <= MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
