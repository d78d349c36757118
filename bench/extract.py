"""How well and how fast article text is read from real pages, and how fast the byte test passes over them.

    python bench/extract.py

reads $MONITOR_SHARED/data/pages (default: ../shared beside the checkout): the 181 pages of the article extraction
benchmark, counted as it counts. Runs of four words are compared as bags, page by page; precision and recall are means
over the pages, F1 is made of the two means. Ends with status 1 when F1 is below its floor.
"""

import csv
import gzip
import json
import os
import re
import statistics
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import trafilatura

from monitor.core.pages import compile_names, may_mention
from monitor.core.pages.decoding import decode_page
from monitor.core.pages.extract import extract
from monitor.core.pages.second_reader import read_stream

FLOOR = 0.955
RUN = 4
SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"
ARCHIVE = SHARED / "pages" / "article-extraction-benchmark.tar.xz"
PLACES = SHARED / "places"
WORD = re.compile(r"\w+")

Bag = Counter[tuple[str, ...]]


def main() -> int:
    """Print the tables and return the exit code."""
    if not ARCHIVE.is_file():
        print(
            f"The pages of the benchmark are not at {ARCHIVE}: set MONITOR_SHARED to the folder with the shared data."
        )
        return 2
    pages, truth = read_archive()
    gold = {key: bag_of(entry["articleBody"]) for key, entry in truth.items()}
    readers: dict[str, Callable[[str], str]] = {
        "monitor": lambda key: extract(pages[key], truth[key]["url"]).text,
        "trafilatura, as it comes": lambda key: trafilatura.extract(pages[key]) or "",
        "trafilatura, fast": lambda key: trafilatura.extract(pages[key], fast=True, include_comments=False) or "",
        "the second reader alone": lambda key: "\n".join(read_stream(decode_page(pages[key]).encode())[1]),
    }
    print(f"{len(pages)} pages                 F1   precision  recall   ms a page: mean  median    p99")
    figures = {name: measure(name, read, gold) for name, read in readers.items()}
    print_byte_test(list(pages.values()))
    good = figures["monitor"] >= FLOOR
    print(f"\nF1 {figures['monitor']:.4f}, floor {FLOOR}: {'reached' if good else 'NOT REACHED'}")
    return 0 if good else 1


def read_archive() -> tuple[dict[str, bytes], dict[str, dict[str, str]]]:
    """Return the pages and what a person marked as their article."""
    pages: dict[str, bytes] = {}
    truth: dict[str, dict[str, str]] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file and member.name.endswith(".html.gz"):
                pages[Path(member.name).name.partition(".")[0]] = gzip.decompress(file.read())
            elif file and member.name.endswith("ground-truth.json"):
                truth = json.load(file)
    return {key: pages[key] for key in truth}, truth


def measure(name: str, read: Callable[[str], str], gold: Mapping[str, Bag]) -> float:
    """Read every page, print one line, return F1."""
    texts: dict[str, str] = {}
    milliseconds: list[float] = []
    for key in gold:
        began = time.process_time()
        texts[key] = read(key)
        milliseconds.append((time.process_time() - began) * 1e3)
    precision, recall = score(gold, texts)
    f1 = 2 * precision * recall / (precision + recall)
    slowest = sorted(milliseconds)[int(len(milliseconds) * 0.99)]
    times = f"{statistics.mean(milliseconds):15.1f} {statistics.median(milliseconds):7.1f} {slowest:6.1f}"
    print(f"{name:25}  {f1:.4f}   {precision:.4f}   {recall:.4f}   {times}")
    return f1


def score(gold: Mapping[str, Bag], texts: Mapping[str, str]) -> tuple[float, float]:
    """Return mean precision and mean recall over the pages where each is defined."""
    precisions: list[float] = []
    recalls: list[float] = []
    for key, true in gold.items():
        found = bag_of(texts[key])
        common = (true & found).total()
        if found:
            precisions.append(common / found.total())
        if true:
            recalls.append(common / true.total())
    return statistics.mean(precisions), statistics.mean(recalls)


def bag_of(text: str) -> Bag:
    """Return the runs of four words with their counts; a shorter text is one run."""
    words = WORD.findall(text)
    runs = (tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1)))
    return Counter(run for run in runs if run)


def print_byte_test(pages: list[bytes]) -> None:
    """Print how fast the byte test is and how many of these pages, which are not Swedish, it lets pass."""
    megabytes = sum(map(len, pages)) / 1e6
    print(f"\nbyte test over {megabytes:.0f} MB       MB/s   passes of {len(pages)}")
    municipalities = column("municipalities.csv", "municipality_name", ",")
    for label, names in (
        ("one town", ["Katrineholm"]),
        ("all municipalities", municipalities),
        ("and all localities", {*municipalities, *column("localities.tsv", "locality", "\t")}),
    ):
        compiled = compile_names(names)
        rates: list[float] = []
        for _ in range(3):
            began = time.process_time()
            passes = sum(may_mention(page, compiled) for page in pages)
            rates.append(megabytes / (time.process_time() - began))
        print(f"{label:20} {len(compiled.names):5} {statistics.median(rates):8.0f} {passes:8}")


def column(name: str, field: str, delimiter: str) -> Iterable[str]:
    """Return one column of a shared place table."""
    with (PLACES / name).open(encoding="utf-8", newline="") as file:
        return [row[field] for row in csv.DictReader(file, delimiter=delimiter)]


if __name__ == "__main__":
    sys.exit(main())
