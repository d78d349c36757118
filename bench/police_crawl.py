"""2,000 real pages behind feeds whose titles hide the place: is every page that names the town stored, and no other?

    python -m bench.police_crawl [--town Katrineholm]

Fails (exit 1) when a page that names the town is missing, when another is stored, or when a second crawl fetches a page
again. Needs the shared data (MONITOR_SHARED, default ../shared beside the checkout).
"""

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOSTS = 10
SHARED = Path(os.environ.get("MONITOR_SHARED", Path(__file__).parents[2] / "shared"))
NOW = "2026-11-24T06:30:00+01:00"


class PoliceWeb:
    """The pages on ten loopback addresses, each with a feed that says "Händelse 1", "Händelse 2", ..."""

    def __init__(self, pages: dict[int, bytes]) -> None:
        self.pages = pages
        self.asked: Counter[str] = Counter()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                web.asked[self.path] += 1
                body, kind = web.answer(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        first = ThreadingHTTPServer(("127.0.0.2", 0), Handler)
        self.port = first.server_address[1]
        rest = [ThreadingHTTPServer((f"127.0.0.{number + 2}", self.port), Handler) for number in range(1, HOSTS)]
        self.servers = [first, *rest]
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def base(self, number: int) -> str:
        """Return the address of one of the sites."""
        return f"http://127.0.0.{number % HOSTS + 2}:{self.port}"

    def answer(self, path: str) -> tuple[bytes, str]:
        """Return what one path holds."""
        if found := re.fullmatch(r"/feed/(\d+)\.xml", path):
            return self.feed(int(found[1])), "application/rss+xml"
        if found := re.fullmatch(r"/page/(\d+)", path):
            return self.pages.get(int(found[1]), b""), "text/html; charset=utf-8"
        return b"", "text/plain"

    def feed(self, number: int) -> bytes:
        """Return the feed of one site."""
        mine = [id_ for index, id_ in enumerate(sorted(self.pages)) if index % HOSTS == number]
        items = "".join(
            f"<item><title>Händelse {id_}</title><link>{self.base(number)}/page/{id_}</link><guid>{id_}</guid></item>"
            for id_ in mine
        )
        return f'<rss version="2.0"><channel><title>Händelser</title>{items}</channel></rss>'.encode()


def monitor(*args: str | Path) -> str:
    """Run the command; return what it printed."""
    process = subprocess.run(
        [sys.executable, "-m", "monitor", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MONITOR_NOW": NOW},
    )
    if process.returncode:
        sys.exit(f"monitor {args[0]} ended with {process.returncode}\n{process.stdout}{process.stderr}")
    return process.stdout


def load(shared: Path) -> tuple[dict[int, bytes], dict[int, str]]:
    """Return the pages and the gold texts by id."""
    with tarfile.open(shared / "data/police/pages.tar.xz") as archive:
        pages = {
            int(Path(member.name).stem): file.read()
            for member in archive
            if member.isfile() and (file := archive.extractfile(member))
        }
    texts = {}
    with gzip.open(shared / "data/police/pages_gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts[row["id"]] = "\n".join([row["h1"], row["preamble"] or "", *row["body"]])
    return pages, texts


def main() -> None:
    """Serve, crawl, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--town", default="Katrineholm")
    town = parser.parse_args().town
    if not SHARED.is_dir():
        print(f"the shared data is missing ({SHARED}): set MONITOR_SHARED", file=sys.stderr)
        sys.exit(2)
    pages, texts = load(SHARED)
    web = PoliceWeb(pages)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        monitor("init", town, home)
        hosts = ", ".join(f'"127.0.0.{number + 2}:{web.port}"' for number in range(HOSTS))
        settings = (home / "monitor.toml").read_text(encoding="utf-8")
        crawl = f"[crawl]\ndelay = 0\npages_per_source = 1000\nallow_hosts = [{hosts}]"
        (home / "monitor.toml").write_text(settings.replace("[crawl]", crawl), encoding="utf-8")
        feeds = "\n".join(f"{web.base(number)}/feed/{number}.xml" for number in range(HOSTS))
        (home / "feeds.txt").write_text(feeds, encoding="utf-8")
        seconds = {}
        for step in (["crawl", "--now"], ["read"]):
            began = time.perf_counter()
            print(monitor(*step, "--home", home).strip())
            seconds[step[0]] = time.perf_counter() - began
        fetched = sum(web.asked.values())
        monitor("crawl", "--now", "--home", home)
        again = sum(count for path, count in web.asked.items() if path.startswith("/page/")) - len(pages)
        stored = {
            int(row["url"].rpartition("/")[2]) for row in json.loads(monitor("articles", "--json", "--home", home))
        }
    named = {id_ for id_, text in texts.items() if re.search(rf"\b{re.escape(town)}s?\b", text)}
    print(f"{len(pages)} pages, {fetched} requests; crawl {seconds['crawl']:.1f} s, read {seconds['read']:.1f} s")
    print(f"pages whose text names {town}: {len(named)}; stored: {len(stored)}")
    print(f"missing: {sorted(named - stored)}; stored without: {sorted(stored - named)}; fetched again: {again}")
    sys.exit(0 if stored == named and not again else 1)


if __name__ == "__main__":
    main()
