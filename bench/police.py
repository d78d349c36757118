"""How cleanly 2,000 real notices of one publisher are read, where one fixed notice stands on nearly every page.

    python bench/police.py

reads $MONITOR_SHARED/data/police (default: ../shared beside the checkout). Words are compared as bags over all pages
together. Gold is preamble and body; the heading is not counted on either side, because the product keeps it as the
title and not in the text. So counted, trafilatura as it comes, which puts the heading into the text, has precision
0.626 on the first 600 pages and 0.636 on all, recall 1.000. The crawl of these pages is `bench/police_crawl.py`.
Ends with status 1 when precision or recall is below its floor.
"""

import gzip
import json
import os
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import trafilatura

from monitor.core.pages import block_key, drop_repeated
from monitor.core.pages.extract import extract
from monitor.models import Outcome, PageReading

LEAST_PRECISION, LEAST_RECALL = 0.95, 0.97
CALIBRATED_ON = 600
TOWN = "Katrineholm"
SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data" / "police"
WORD = re.compile(r"\w+")

Gold = Mapping[str, Any]


def main() -> int:
    """Print the table and return the exit code."""
    if not (SHARED / "pages.tar.xz").is_file():
        print(f"The pages are not at {SHARED}: set MONITOR_SHARED to the folder with the shared data.")
        return 2
    gold, bodies = read_pages()
    began = time.process_time()
    readings = {key: extract(body, gold[key]["url"], "text/html; charset=utf-8") for key, body in bodies.items()}
    took = (time.process_time() - began) / len(bodies) * 1e3
    first = list(gold)[:CALIBRATED_ON]
    bare = {key: trafilatura.extract(bodies[key]) or "" for key in first}
    town = [key for key in gold if TOWN in f"{gold[key]['h1']} {gold_text(gold[key])}"]

    print(f"{'':46} pages  precision  recall   with heading on both sides")
    print_line("trafilatura as it comes", bare, dict.fromkeys(bare, ""), gold)
    alone = {key: reading.text for key, reading in readings.items()}
    print_line("each page read alone", alone, titles(readings), gold)
    scores = [
        measure_batch("all pages read together", list(gold), readings, gold),
        measure_batch(f"only those that name {TOWN}, together", town, readings, gold),
    ]
    outcomes = Counter(reading.outcome.value for reading in readings.values())
    right = sum(reading.title == " ".join(gold[key]["h1"].split()) for key, reading in readings.items())
    print(f"\n{took:.1f} ms a page; outcomes {dict(outcomes)}; title right on {right} of {len(gold)}")
    good = all(precision >= LEAST_PRECISION and recall >= LEAST_RECALL for precision, recall in scores)
    print(f"floors {LEAST_PRECISION} and {LEAST_RECALL}: {'reached' if good else 'NOT REACHED'}")
    return 0 if good else 1


def read_pages() -> tuple[dict[str, Gold], dict[str, bytes]]:
    """Return what a person would call the text of each page, and the pages."""
    with gzip.open(SHARED / "pages_gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        gold: dict[str, Gold] = {str(entry["id"]): entry for entry in map(json.loads, lines)}
    bodies: dict[str, bytes] = {}
    with tarfile.open(SHARED / "pages.tar.xz") as archive:
        for member in archive:
            if file := archive.extractfile(member) if member.isfile() else None:
                bodies[Path(member.name).stem] = file.read()
    return gold, {key: bodies[key] for key in gold}


def measure_batch(
    label: str, keys: Sequence[str], readings: Mapping[str, PageReading], gold: Mapping[str, Gold]
) -> tuple[float, float]:
    """Read pages as one batch of one host, print a line, return precision and recall."""
    seen = Counter(key for page in keys for key in {block_key(block) for block in readings[page].blocks})
    left = {page: drop_repeated(readings[page], seen, len(keys)) for page in keys}
    assert all(reading.outcome is Outcome.OK or reading.reason for reading in left.values())
    return print_line(label, {page: reading.text for page, reading in left.items()}, titles(left), gold)


def titles(readings: Mapping[str, PageReading]) -> dict[str, str]:
    """Return the titles alone."""
    return {key: reading.title for key, reading in readings.items()}


def print_line(
    label: str, texts: Mapping[str, str], headings: Mapping[str, str], gold: Mapping[str, Gold]
) -> tuple[float, float]:
    """Print precision and recall without and with the heading; return those without."""
    pairs = [(texts[key], gold_text(gold[key])) for key in texts]
    both = [(f"{headings[key]}\n{texts[key]}", f"{gold[key]['h1']}\n{gold_text(gold[key])}") for key in texts]
    precision, recall = score(pairs)
    with_heading = "  ".join(f"{figure:.4f}" for figure in score(both))
    print(f"{label:46} {len(texts):5} {precision:10.4f} {recall:7.4f}          {with_heading}")
    return precision, recall


def gold_text(entry: Gold) -> str:
    """Return preamble and body, as a person marked them."""
    return "\n".join((entry["preamble"] or "", *entry["body"]))


def score(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Return precision and recall of the words of all pairs (found, true) together."""
    common = found = true = 0
    for text, wanted in pairs:
        words, right = (Counter(WORD.findall(one.lower())) for one in (text, wanted))
        common += (words & right).total()
        found += words.total()
        true += right.total()
    return common / found, common / true


if __name__ == "__main__":
    sys.exit(main())
