"""How well places are found: the table of the quality gate, in one run.

    python -m bench.matching              reads $MONITOR_SHARED/data (default: ../shared beside the checkout)
    python -m bench.matching --sample 60  also prints wrong findings, to be read by a person

Held back: every fifth notice, crc32 of its id modulo 5 is 0; `bench/build_places.py` never counts those.
Ends with status 1 when a figure falls below its floor.
"""

import argparse
import csv
import html
import re
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.build_places import HELD_BACK, Notice, read_notices, shared
from monitor.config import Home, read_home
from monitor.core.matching import Matcher, Watch, build_matcher
from monitor.core.places import municipalities
from monitor.demo import Addresses, sites
from monitor.demo.home import write_settings, write_sources
from monitor.models import FoundPlace, PlaceKind
from monitor.steps import area_of

ROOT = Path(__file__).resolve().parent.parent
SETS = ROOT / "tests" / "core" / "matching"
HOME = "0483"

FLOORS = {
    "sentences": 0.99,
    "about precision": 0.92,
    "about recall": 0.92,
    "finds the labelled municipality": 0.65,
    "of what it names, right": 0.965,
    "LOC tokens found": 0.97,
    "candidate scan, million characters a second": 20.0,
    "documents a second, all municipalities": 3000.0,
}
CEILINGS = {
    "names one in another county, per 1,000": 6.0,
    "PER and O tokens taken": 0.15,
    "cost of all to cost of one": 1.6,
    "building the matcher for all, seconds": 1.5,
    "building the matcher for one, seconds": 0.2,
}


@dataclass(slots=True)
class Tally:
    """Counts over documents with one label each."""

    documents: int = 0
    found: int = 0
    right: int = 0
    wrong: int = 0
    elsewhere: int = 0
    wrong_places: list[tuple[Notice, FoundPlace]] = field(default_factory=list)

    def add(self, notice: Notice, codes: set[str]) -> None:
        """Count one document."""
        self.documents += 1
        self.found += notice.code in codes
        self.right += notice.code in codes
        self.wrong += len(codes - {notice.code})
        self.elsewhere += any(code[:2] != notice.county for code in codes)

    @property
    def figures(self) -> tuple[float, float, float]:
        """The three figures of the table."""
        named = self.right + self.wrong
        return self.found / self.documents, self.right / named, 1000.0 * self.elsewhere / self.documents


def main() -> int:
    """Print the table; return 1 when a figure fell."""
    asked = argparse.ArgumentParser(description="How well places are found.")
    asked.add_argument("--sample", type=int, default=0, help="print so many wrong findings")
    sample = asked.parse_args().sample
    figures: dict[str, float] = {}
    started = time.process_time()
    build_matcher(Watch(codes=(HOME,)))
    figures["building the matcher for one, seconds"] = time.process_time() - started
    started = time.process_time()
    matcher = build_matcher(Watch(codes=tuple(municipalities()), names=("Ett eget namn",)))
    figures["building the matcher for all, seconds"] = time.process_time() - started
    matcher = build_matcher(Watch(codes=tuple(municipalities())))

    measure_sentences(matcher, figures)
    measure_about(matcher, figures)
    measure_demo(matcher)
    data = shared()
    measure_tokens(matcher, data / "ner" / "swedish_web_news_2012_train.tsv", figures)
    notices = list(read_notices(data))
    measure_notices(matcher, notices, figures, sample)
    measure_speed(matcher, notices, figures)
    return judge(figures)


# --- the sets that the repository carries -----------------------------------------------------------


def read_set(name: str) -> list[list[str]]:
    """Return the rows of a set, line breaks unescaped."""
    lines = (SETS / name).read_text(encoding="utf-8").splitlines()[1:]
    return [[cell.replace("\\n", "\n") for cell in line.split("\t")] for line in lines]


def measure_sentences(matcher: Matcher, figures: dict[str, float]) -> None:
    """Measure the sentences: + found as a place, ~ found as named after, - not found."""
    rows = read_set("sentences.tsv")
    right = 0
    for rule, expected, sentence in rows:
        found = {place.name: place.kind for place in matcher.find("", sentence)}
        wrong = [item for item in expected.split(";") if not _as_expected(item, found)]
        right += not wrong
        if wrong:
            print(f"  sentence ({rule}): {sentence!r}: {wrong}")
    figures["sentences"] = right / len(rows)
    print(f"own sentences: {right} of {len(rows)} right")


def _as_expected(item: str, found: dict[str, PlaceKind]) -> bool:
    kind = found.get(item[1:])
    if item[0] == "-":
        return kind is None
    return kind is not None and (kind is PlaceKind.NAMED_AFTER) == (item[0] == "~")


def measure_about(matcher: Matcher, figures: dict[str, float]) -> None:
    """Measure `about` on the short texts."""
    rows = read_set("about.tsv")
    counts: Counter[tuple[bool, bool]] = Counter()
    for wanted, name, title, text, *area in rows:
        found = matcher.find(title, text, source_area="".join(area))
        about = any(place.about for place in found if place.name == name)
        counts[wanted == "yes", about] += 1
        if about != (wanted == "yes"):
            print(f"  about ({wanted}): {name}: {title}")
    figures["about precision"] = counts[True, True] / (counts[True, True] + counts[False, True])
    figures["about recall"] = counts[True, True] / (counts[True, True] + counts[True, False])
    print(
        f"own texts for about: {len(rows)}, in passing {counts[False, True] + counts[False, False]}; "
        f"precision {figures['about precision']:.3f}, recall {figures['about recall']:.3f}"
    )


def measure_demo(matcher: Matcher) -> None:
    """Print `about` on the demo's texts, with the areas of a live run. Only the even half was read for the rules."""
    addresses = Addresses()
    home = demo_home(addresses)
    areas = {source.url: area_of(home, source) for source in home.sources}
    counts: Counter[tuple[int, str, bool]] = Counter()
    for site in sites():
        base = addresses.base(site.host)
        for article in site.articles:
            text = f"{article.lead}\n{article.text.strip()}".replace("\n\n", "\n")
            plain = html.unescape(re.sub(r"<[^>]+>", "", text)) if article.markup else text
            area = areas.get(base + site.feed_path, "")  # a site that the run must find has no line in feeds.txt
            found = matcher.find(article.title, plain, source_area=area)
            about = any(place.code == HOME and place.about for place in found)
            counts[zlib.crc32((base + article.path).encode()) % 2, article.expect, about] += 1
    for half, name in enumerate(("even half", "odd half, not tuned for")):
        right, missed = counts[half, "story", True], counts[half, "story", False]
        wrong, passing = counts[half, "passing", True], counts[half, "passing", False]
        print(
            f"demo texts, written by others, {name}: {right + missed} stories, {wrong + passing} in passing; "
            f"precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}"
        )


def demo_home(addresses: Addresses) -> Home:
    """Return the demo's home, without serving it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "monitor.toml").write_text(write_settings(addresses), encoding="utf-8")
        (folder / "feeds.txt").write_text(write_sources(addresses), encoding="utf-8")
        return read_home(folder)


# --- real data --------------------------------------------------------------------------------------


def measure_tokens(matcher: Matcher, path: Path, figures: dict[str, float]) -> None:
    """Measure the tokens that a person tagged: LOC to be found, PER and O not to be taken."""
    codes = {place.name: code for code, place in municipalities().items()}
    tokens: Counter[tuple[str, bool]] = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            words = row["sentence"].split(" ")
            start = sum(len(word) + 1 for word in words[: int(row["token_index"])])
            end = start + len(row["token"])
            taken = any(
                place.code == codes[row["municipality"]]
                and any(mention.start < end and mention.end > start for mention in place.mentions)
                for place in matcher.find("", row["sentence"])
            )
            tokens[row["label"], taken] += 1
            if taken != (row["label"] not in {"PER", "O"}) and row["label"] in {"LOC", "PER", "O"}:
                print(f"  token ({row['label']}): {row['token']}: {row['sentence'][:150]}")
    found, missed = tokens["LOC", True], tokens["LOC", False]
    wrong = tokens["PER", True] + tokens["O", True]
    others = wrong + tokens["PER", False] + tokens["O", False]
    figures["LOC tokens found"] = found / (found + missed)
    figures["PER and O tokens taken"] = wrong / others
    print(f"tagged tokens: LOC {found} found, {missed} missed; PER and O {wrong} of {others} taken")


def measure_notices(matcher: Matcher, notices: Sequence[Notice], figures: dict[str, float], sample: int) -> None:
    """Measure the held-back notices with a municipality label, and the plain ways for comparison."""
    held_back = [notice for notice in notices if notice.fold == HELD_BACK and notice.code]
    own = {place.name: code for code, place in municipalities().items()}
    localities = {name: code for code, place in municipalities().items() for name in place.localities}
    print(f"\nheld-back notices with a municipality label: {len(held_back)}")
    print(f"{'':34}{'finds':>8}{'right':>8}{'elsewhere':>11}")
    for title, find in (("plain names", plain_finder(own)), ("names and localities", plain_finder(localities | own))):
        tally = Tally()
        for notice in held_back:
            tally.add(notice, find(notice.text))
        print_row(title, tally)
    tally, about = Tally(), Tally()
    kinds: Counter[tuple[PlaceKind, bool]] = Counter()
    for notice in held_back:
        found = matcher.find("", notice.text)
        tally.add(notice, {place.code for place in found})
        about.add(notice, {place.code for place in found if place.about})
        kinds.update((place.kind, place.code == notice.code) for place in found)
        tally.wrong_places += [(notice, place) for place in found if place.code != notice.code]
    print_row("this matcher", tally)
    print_row("  what it says the text is about", about)
    for kind in PlaceKind:
        print(f"  {kind.value}: right {kinds[kind, True]}, wrong {kinds[kind, False]}")
    finds, right, elsewhere = tally.figures
    figures["finds the labelled municipality"] = finds
    figures["of what it names, right"] = right
    figures["names one in another county, per 1,000"] = elsewhere
    step = max(len(tally.wrong_places) // sample, 1) if sample else len(tally.wrong_places) + 1
    for notice, place in tally.wrong_places[step - 1 :: step]:
        label = municipalities()[notice.code].name
        mention = place.mentions[0]
        near = notice.text[max(0, mention.start - 70) : mention.end + 50].replace("\n", " / ")
        print(f"  label {label} | found {place.name} {place.score} {place.kind.value} | {near}")


def plain_finder(names: dict[str, str]) -> Callable[[str], set[str]]:
    """Return a finder of names as written, whole words, with a genitive's s."""
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)({either})s?(?!\w)")
    return lambda text: {names[hit[1]] for hit in pattern.finditer(text)}


def print_row(title: str, tally: Tally) -> None:
    """Print one row of the table."""
    finds, right, elsewhere = tally.figures
    print(f"{title:34}{100 * finds:7.1f}%{100 * right:7.1f}%{elsewhere:11.1f}")


def measure_speed(matcher: Matcher, notices: Sequence[Notice], figures: dict[str, float]) -> None:
    """Measure the candidate scan and the whole, in time of one core."""
    texts = [notice.text for notice in notices]
    characters = sum(map(len, texts))
    scan = matcher.scanner.candidates
    figures["candidate scan, million characters a second"] = characters / 1e6 / timed(lambda: [scan(t) for t in texts])
    one = build_matcher(Watch(codes=(HOME,)))
    some = texts[:: len(texts) // 6000]  # both ways in turn and the best of each: the machine is shared
    runs = [
        (timed(lambda: [one.find("", text) for text in some]), timed(lambda: [matcher.find("", text) for text in some]))
        for _ in range(3)
    ]
    of_all = timed(lambda: [matcher.find("", text) for text in texts])
    figures["documents a second, all municipalities"] = len(texts) / of_all
    figures["cost of all to cost of one"] = min(run[1] for run in runs) / min(run[0] for run in runs)


def timed(work: Callable[[], object]) -> float:
    """Return the processor time that `work` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def judge(figures: dict[str, float]) -> int:
    """Print every figure beside its limit; return 1 when one is out of it."""
    print()
    fallen = 0
    for name, value in figures.items():
        floor, ceiling = FLOORS.get(name), CEILINGS.get(name)
        holds = (floor is None or value >= floor) and (ceiling is None or value <= ceiling)
        limit = f">= {floor:g}" if floor is not None else f"<= {ceiling:g}"
        print(f"{'ok ' if holds else 'LOW'} {name:48}{value:12.4f}   {limit}")
        fallen += not holds
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
