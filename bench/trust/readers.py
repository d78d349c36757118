"""Hostile answers for every reader but those of feeds and pages: seeded mutations of good ones, and oversized ones.

Sitemaps, lists on pages, notice boards, the JSON of each platform and service, OPML, mails, dropped files, transcripts,
robots.txt, tdmrep.json and refusals; the samples and the list of readers are those of tests/test_readers.py.

python -m bench.trust.readers
"""

import importlib
import sys
from collections.abc import Iterator
from functools import partial
from itertools import chain

from protego import Protego

from bench.hostile import TOKENS, mutations
from bench.trust._readers import Input, Tally, try_reader
from monitor.core.reservations import AGENT
from monitor.core.robots import lines_for
from monitor.crawl.bounds import MAX_SITE_FILE
from monitor.models import Refused
from tests.readers import ADDRESS, DATE, SAMPLES, TEXT, Sample

MUTATIONS, SEED = 150, 8
"""Mutations of each sample."""
OTHER_TRIALS = {"feeds.read_feed", "pages.extract.extract"}
ROBOTS = Sample(
    lambda text, url, date: (
        f"# {text}\nUser-agent: *\nDisallow: /sok*?\nAllow: /sok/$\nCrawl-delay: 2\n\nUser-agent: {AGENT}\n"
        f"User-agent: andra\nDisallow: /{text}*.pdf$\nDisallow: {url}\n\nSitemap: {url}\n# {date}\n"
    ).encode()
)


def obey(body: bytes) -> str | Refused:
    """Read a robots.txt as `crawl.politeness` does, and ask it for an address."""
    lines = lines_for(body[:MAX_SITE_FILE].decode("utf-8", "replace"), AGENT)
    if isinstance(lines, str):
        Protego.parse(lines).can_fetch(ADDRESS, AGENT)
    return lines


def oversized(sample: Sample) -> Iterator[Input]:
    """Give answers with more of everything than any reader should take in."""
    yield "10 MB of text", sample.write("Vara " * 2_000_000, ADDRESS, DATE)
    yield "10 MB of address", sample.write(TEXT, ADDRESS + "/x" * 5_000_000, DATE)
    yield "1 MB of date", sample.write(TEXT, ADDRESS, "2026-" * 200_000)
    yield "5 MB of nesting", b"[" * 5_000_000
    yield "5 MB of objects", b'{"a":' * 1_000_000
    yield "5 MB of elements", b"<a>" * 1_700_000
    yield "5 MB of lines", b"\n" * 5_000_000
    yield "nothing", b""
    yield "no text", bytes(range(256)) * 400
    for token in TOKENS:
        yield f"only {token!r}", token * 20_000


def main() -> int:
    """Print one line a sample and one for all; return the exit code."""
    whole = Tally()
    samples = {**{name: given for name, given in SAMPLES.items() if name not in OTHER_TRIALS}, "robots.txt": (ROBOTS,)}
    for name, given in samples.items():
        module, _, function = name.rpartition(".")
        reader = obey if name == "robots.txt" else getattr(importlib.import_module(f"monitor.core.{module}"), function)
        for sample in given:
            others = [sample.good, *(other.good for other in given)]
            inputs = chain(mutations(others, MUTATIONS, SEED), oversized(sample))
            tally = try_reader(partial(_call, reader, sample.before), inputs, sample.after)
            print(f"   {name}: {tally}", flush=True)
            whole.add(tally, name)
    print(f"   readers: {len(samples)}, {whole}")
    return 0 if whole.held else 1


def _call(reader: object, before: tuple[object, ...], body: bytes, *after: object) -> object:
    return reader(*before, body, *after)  # type: ignore[operator]  # one of the samples' readers


if __name__ == "__main__":
    sys.exit(main())
