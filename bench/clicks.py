"""Twenty people click in the real `monitor serve` on loopback while another process writes as a crawl does.

    python -m bench.clicks [SECONDS]

The home has 100,000 articles (those of bench.archive), a letter, and 400 cases. Each person opens a page, looks at it
for half a second to a second and a half, and opens the next: letters, the follow-up list, cases, searches of the
archive, sources, statistics; every tenth click sends a form (a search is saved and deleted, a case is opened by hand, a
note is written). Reported are p50, p95 and p99, and every answer that was not a page. A case that another person has
just changed answers 409 in words: that is counted by itself, not as an error.
"""

import http.client
import multiprocessing
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import unescape
from urllib.parse import quote_plus, urlencode

from bench.archive import END, RESULTS, build, vocabulary, write
from monitor.config import read_home
from monitor.models import Case
from monitor.store import cases as case_store
from monitor.store.db import open_database, to_text

ARTICLES = 100_000
PEOPLE = 20
SECONDS = 30
CASES = 400
TARGET = 200
"""Milliseconds at the 95th percentile."""
HOME = RESULTS / "clicks"
PORT = 8431
_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"')
_AREA = re.compile(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>')


def make_home() -> None:
    """Make the home: the articles, stories of the last days, a letter, and cases."""
    articles = RESULTS / f"archive-{ARTICLES}.db"
    if not articles.exists():
        build(articles, ARTICLES)
    shutil.rmtree(HOME, ignore_errors=True)
    _monitor("init", "Katrineholm", str(HOME))
    feeds = "\n".join(f'https://tidning{n}.example/feed name="Tidning {n}" class=local-paper' for n in range(60))
    (HOME / "feeds.txt").write_text(feeds + "\n", encoding="utf-8")
    source, target = open_database(articles), open_database(HOME / "monitor.db")
    source.conn.backup(target.conn)
    source.close()
    home = read_home(HOME)
    with target.conn:
        rows = [row[0] for row in target.execute("select id from articles order by at desc limit 3000")]
        target.conn.executemany(
            "insert or ignore into stories (id, made) values (?, ?)", [(n // 2 + 1, "") for n in range(3000)]
        )
        target.conn.executemany(
            "insert or ignore into story_articles (article, story, copy, reason) values (?, ?, 0, '')",
            [(row, n // 2 + 1) for n, row in enumerate(rows)],
        )
        target.execute("delete from archive_queue")
        polls = [
            (f"https://tidning{n}.example/feed", to_text(END - timedelta(hours=h)))
            for n in range(60) for h in range(0, 24 * 60, 6)
        ]  # fmt: skip
        sql = "insert into polls (source, at, outcome, reason, entries, new) values (?, ?, 'ok', '', 1, 0)"
        target.conn.executemany(sql, polls)
        target.execute("update sources set first_polled = ?", [to_text(END - timedelta(days=200))])
    for number in range(CASES):
        now = END - timedelta(hours=5 * number)
        draft = Case(number="", title=f"Fråga {number} om skolan", received=now, due=now + timedelta(days=5))
        case_store.open_case(target, draft, role="redaktör", now=now, zone=home.settings.zone)
    target.close()
    _monitor("digest", "--home", str(HOME), "--date", "2026-11-24")


def _monitor(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "monitor", *words], check=True, stdout=subprocess.DEVNULL)


class Clicker:
    """One person with a connection and a cookie."""

    def __init__(self, seed: int, took: dict[str, list[float]], wrong: list[str]) -> None:
        self.rng = random.Random(seed)  # noqa: S311 (who clicks where)
        self.took, self.wrong = took, wrong
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.cookie = ""
        self.words = vocabulary()[60:3_000]

    def ask(self, kind: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Open a page or send a form, and note how long it took."""
        headers = {"Sec-Fetch-Site": "same-origin" if form else "none", "Origin": "null"} if form else {}
        if self.cookie:
            headers["Cookie"] = self.cookie
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        began = time.perf_counter()
        self.connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        self.took[kind].append((time.perf_counter() - began) * 1000)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookie = value.partition(";")[0]
        if answer.status == 409:
            self.took["(another was first: 409)"].append(0)
        elif answer.status not in {200, 303}:
            self.wrong.append(f"{answer.status} {path}")
        return answer.status, text

    def pages(self, number: str) -> list[tuple[str, str]]:
        """Return the pages that may be opened next, by kind."""
        word = quote_plus(self.rng.choice(self.words))
        return [
            ("letter", "/brev/2026-11-24"),
            ("follow-up", "/uppfoljning"),
            ("follow-up, search", f"/uppfoljning?visa=oppna&q={word}"),
            ("case", f"/arende/{number}"),
            ("archive", f"/arkiv?q={word}"),
            ("archive, best", f"/arkiv?q={word}&sort=bast"),
            ("archive, facet", f"/arkiv?q={word}&om=kommunen"),
            ("archive, newest", "/arkiv"),
            ("sources", "/kallor"),
            ("statistics", "/statistik"),
        ]

    def click(self, numbers: list[str], missing: set[str]) -> None:
        """Do one thing; nothing of the kinds that are `missing`."""
        number = self.rng.choice(numbers)
        if self.rng.random() < 0.9:
            self.ask(*self.rng.choice([page for page in self.pages(number) if page[0] not in missing]))
            return
        forms: list[Callable[[], None]] = [self.save_search]
        forms += [] if "new case" in missing else [self.open_case]
        forms += [] if "case" in missing else [partial(self.write_note, number)]
        self.rng.choice(forms)()

    def save_search(self) -> None:
        """Save a search under a name of its own, and delete the last that is listed."""
        _, page = self.ask("archive, facet", "/arkiv?q=skola&om=kommunen")
        token = dict(_FIELD.findall(page)).get("csrf", "")
        name = f"Sökning {self.rng.randrange(10**9)}"
        self.ask(
            "save a search", "/arkiv/sparade", {"csrf": token, "namn": name, "adress": "/arkiv?q=skola&om=kommunen"}
        )
        _, page = self.ask("archive, facet", "/arkiv?q=skola&om=kommunen")
        known = re.findall(r'action="(/arkiv/sparade/\d+/ta-bort)"', page)
        if known:
            self.ask("delete a search", known[-1], {"csrf": dict(_FIELD.findall(page)).get("csrf", "")})

    def open_case(self) -> None:
        """Open a case by hand."""
        _, page = self.ask("new case", "/arende/nytt")
        fields = {name: unescape(value) for name, value in _FIELD.findall(page)}
        self.ask(
            "open a case",
            "/arende/nytt",
            {**fields, "rubrik": "Samtal om snöröjning", "kanal": "phone", "slag": "question"},
        )

    def write_note(self, number: str) -> None:
        """Write a note in a case."""
        _, page = self.ask("case", f"/arende/{number}")
        found = re.search(rf'<form[^>]*action="/arende/{number}"[^>]*>(.*?)</form>', page, re.DOTALL)
        if found is None:
            self.wrong.append(f"no form in /arende/{number}")
            return
        fields = {name: unescape(value) for name, value in _FIELD.findall(found[1])}
        note = {name: unescape(value) for name, value in _AREA.findall(found[1])}
        self.ask("write a note", f"/arende/{number}", {**fields, **note, "anteckning": f"Ringt {time.time():.3f}"})


def click_on(person: Clicker, until: float, numbers: list[str], missing: set[str]) -> None:
    """One person clicks until the time is up."""
    time.sleep(person.rng.uniform(0, 1.5))
    while time.perf_counter() < until:
        try:
            person.click(numbers, missing)
        except (OSError, http.client.HTTPException) as error:
            person.wrong.append(f"{type(error).__name__}: {error}")
            person.connection.close()
        time.sleep(person.rng.uniform(0.5, 1.5))
    person.connection.close()


def main() -> int:
    """Make the home, start the service and the writer, let people click, report."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    make_home()
    db = open_database(HOME / "monitor.db")
    numbers = [row[0] for row in db.execute("select number from cases")]
    db.close()
    command = [sys.executable, "-m", "monitor", "serve", "--home", str(HOME), "--port", str(PORT)]
    service = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    context = multiprocessing.get_context("spawn")
    stop, done = context.Event(), context.Value("i", 0)
    writer = context.Process(target=write, args=(HOME / "monitor.db", stop, done))
    took: dict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    try:
        _wait_for(service)
        writer.start()
        missing = _warm_up(numbers[0])
        if missing:
            print("left out, since the service has no such page:", ", ".join(sorted(missing)))
        until = time.perf_counter() + seconds
        people = [
            threading.Thread(target=click_on, args=(Clicker(seed, took, wrong), until, numbers, missing))
            for seed in range(1, PEOPLE + 1)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
    finally:
        stop.set()
        writer.join()
        service.terminate()
        service.wait()
    return report(took, wrong, seconds, done.value)


def _warm_up(number: str) -> set[str]:
    """Open each kind of page, as on a service that has run for a while; return the kinds that it does not have."""
    missing = set()
    for _ in range(4):
        warm = Clicker(0, defaultdict(list), [])
        for kind, path in {**dict(warm.pages(number)), "new case": "/arende/nytt"}.items():
            if warm.ask(kind, path)[0] == 404:
                missing.add(kind)
    return missing


def _wait_for(service: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if service.poll() is not None:
            raise SystemExit("monitor serve did not start")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/halsa")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("monitor serve did not answer")


def report(took: dict[str, list[float]], wrong: list[str], seconds: float, writes: int) -> int:
    """Print what it took; return 0 when the target holds and nothing was wrong."""
    for kind in sorted(took):
        spent = took[kind]
        if kind.startswith("("):
            print(f"{kind}: {len(spent)}")
        elif len(spent) > 1:
            cuts = statistics.quantiles(spent, n=100)
            print(
                f"{kind:16} {len(spent):5} clicks  p50 {cuts[49]:7.1f}  p95 {cuts[94]:7.1f}  most {max(spent):7.1f} ms"
            )
    every = [spent for kind, times in took.items() if not kind.startswith("(") for spent in times]
    cuts = statistics.quantiles(every, n=100)
    print(
        f"{PEOPLE} people, {seconds:.0f} s, {len(every)} clicks: p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f},"
        f" p99 {cuts[98]:.1f} ms (target p95 < {TARGET}); wrong answers {len(wrong)}; rounds of writing {writes};"
        f" load {os.getloadavg()[0]:.1f}"
    )
    for line in wrong[:10]:
        print(f"  wrong: {line}")
    return 0 if cuts[94] < TARGET and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
