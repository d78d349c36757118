"""All the feeds and addresses of the shared data through the readers of the core, and through `monitor feed --jsonl`.

    python -m bench.feeds

Ends 1 when a feed has no outcome, when reading raises, or when an address of another scheme than http(s) comes out.
"""

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

from monitor.core import feeds
from monitor.core.feeds import read_feed
from monitor.core.urls import safe_url
from monitor.models import FeedReading

SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).parents[2] / "shared")) / "data"
FEED_URL = "https://feeds.example/nyheter/feed.xml"
_HEADER = re.compile(rb"Header:\s*content-type:\s*([^\r\n]*)", re.IGNORECASE)


def main() -> int:
    """Run the three measurements and return the exit code."""
    if not (SHARED / "feeds").is_dir():
        print(f"The shared data is not at {SHARED}: set MONITOR_SHARED to its folder.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(SHARED / "feeds" / "feedparser-tests.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        paths = sorted(path for path in Path(folder).rglob("*") if path.suffix in {".xml", ".json"})
        paths += sorted((SHARED / "feeds").glob("*.xml"))
        faults = read_directly(paths) + read_by_command(paths)
    compare_addresses(json.loads((SHARED / "urls" / "wpt_urltestdata.json").read_text(encoding="utf-8")))
    print("Faults:", faults)
    return 1 if faults else 0


def read_directly(paths: list[Path]) -> int:
    """Call `read_feed` on every feed; return how many raised or gave an address that is not http(s)."""
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    seconds: list[tuple[float, str]] = []
    entries = crashes = foreign = 0
    for path in paths:
        body = path.read_bytes()
        declared = _HEADER.search(body)
        began = time.process_time()
        try:
            reading = read_feed(body, FEED_URL, declared[1].decode("latin-1") if declared else "")
        except Exception as error:  # noqa: BLE001 - counting what raises is what this is for
            print(f"  crash: {path.name}: {error!r}")
            crashes += 1
            continue
        seconds.append((time.process_time() - began, path.name))
        if reading != _by_feedparser_alone(body, declared[1].decode("latin-1") if declared else ""):
            print(f"  read otherwise than by feedparser: {path.name}")
            crashes += 1
        outcomes[reading.outcome.value] += 1
        reasons.update(re.sub(r"\d+", "N", reason) for reason in reading.reason.split("; ") if reason)
        entries += len(reading.entries)
        foreign += sum(is_foreign(entry.url) for entry in reading.entries)
    print(f"read_feed: {len(paths)} feeds, {entries} entries, {sum(spent for spent, _ in seconds):.2f} s of CPU")
    for outcome, count in outcomes.most_common():
        print(f"  {outcome:10}{count:6}")
    for reason, count in reasons.most_common():
        print(f"  {count:6}  {reason}")
    print("  slowest:", ", ".join(f"{name} {1000 * spent:.0f} ms" for spent, name in sorted(seconds)[:-4:-1]))
    print(f"  crashes: {crashes}; addresses of another scheme: {foreign}")
    return crashes + foreign


def _by_feedparser_alone(body: bytes, declared: str) -> FeedReading:
    """Read a feed as if no feed were plain (docs/decisions/0031-plain-feeds.md)."""
    with mock.patch.object(feeds, "read_plainly", return_value=None):
        return read_feed(body, FEED_URL, declared)


def read_by_command(paths: list[Path]) -> int:
    """Give all feeds to one `monitor feed --jsonl`; return how many lines are missing or wrong."""
    lines = [json.dumps({"id": str(number), "url": FEED_URL, "path": str(path)}) for number, path in enumerate(paths)]
    began = time.perf_counter()
    command = [sys.executable, "-m", "monitor", "feed", "--jsonl"]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
    answers: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    foreign = sum(is_foreign(entry["url"]) for answer in answers for entry in answer["entries"])
    missing = len({str(number) for number in range(len(paths))} - {answer["id"] for answer in answers})
    outcomes = Counter(answer["outcome"] for answer in answers)
    print(f"monitor feed --jsonl: exit {done.returncode}, {time.perf_counter() - began:.1f} s, {dict(outcomes)}")
    print(f"  without an outcome: {missing}; addresses of another scheme: {foreign}")
    if done.returncode:
        print("  " + done.stderr.strip()[-300:])
    return missing + foreign + (1 if done.returncode else 0)


def is_foreign(url: str) -> bool:
    """Whether an address has another scheme than the web's."""
    return bool(url) and not url.startswith(("http://", "https://"))


def compare_addresses(cases: list[Any]) -> None:
    """Print how often `safe_url` writes an address as browsers must (web-platform-tests, user info left out)."""
    same, different = 0, []
    for case in cases:
        if not isinstance(case, dict):
            continue
        web = not case.get("failure") and case["protocol"] in {"http:", "https:"}
        expected = case["href"] if web else ""
        if web and (case["username"] or case["password"]):
            expected = f"{case['protocol']}//{expected.partition('@')[2]}"
        got = safe_url(case["input"], case["base"] or "")
        same += got == expected
        if got != expected:
            different.append(f"  {case['input']!r}: browsers {expected!r}, here {got!r}")
    print(f"safe_url: as browsers in {same} of {same + len(different)} cases")
    print("\n".join(different))


if __name__ == "__main__":
    sys.exit(main())
