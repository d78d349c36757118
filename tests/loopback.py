"""A small web on loopback that answers as a test tells it to, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Answer:
    """What the web says to one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request that arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)


class Web:
    """`web["/feed.xml"] = b"..."` serves bytes; an `Answer` says more. An unknown path is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.services: dict[str, Callable[[dict[str, str]], Answer]] = {}
        """Path -> what answers there, by the parameters of the query."""
        self.asked: list[Asked] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                web.asked.append(Asked(self.path, dict(self.headers.items()), body))
                path, _, query = self.path.partition("?")
                if path in web.services:
                    answer = web.services[path](dict(parse_qsl(query)))
                else:
                    answer = web.answers.get(self.path, Answer(b"not here", 404))
                etag = answer.headers.get("ETag")
                if etag and self.headers.get("If-None-Match") == etag:
                    answer = Answer(b"", 304, {"ETag": etag})
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"

    def __setitem__(self, path: str, answer: bytes | str | Answer) -> None:
        if isinstance(answer, str):
            answer = Answer(answer.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        self.answers[path] = answer if isinstance(answer, Answer) else Answer(answer)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def hush(self) -> None:
        """Say nothing of connections that break off: whoever asked was killed."""
        self._server.handle_error = lambda *_args: None  # type: ignore[method-assign]

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [asked.path for asked in self.asked]

    def queries(self, path: str) -> list[dict[str, str]]:
        """The parameters of each request to a path, in order."""
        asked = (found.partition("?") for found in self.paths)
        return [dict(parse_qsl(query)) for found, _, query in asked if found == path]

    def feed(self, path: str, *items: tuple[str, str], etag: str = "", **more: str) -> None:
        """Serve an RSS feed: items are (title, path of the page); `more` maps a path to a pubDate."""
        entries = "".join(
            f"<item><title>{title}</title><link>{self.url}{page}</link><guid>{page}</guid>"
            f"<pubDate>{more.get(page.strip('/'), 'Mon, 23 Nov 2026 12:00:00 +0100')}</pubDate></item>"
            for title, page in items
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{entries}</channel></rss>'
        headers = {"Content-Type": "application/rss+xml"} | ({"ETag": etag} if etag else {})
        self.answers[path] = Answer(body.encode(), headers=headers)

    def page(self, path: str, title: str, *paragraphs: str, menu: str = "") -> None:
        """Serve an article page."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        self[path] = (
            f'<!doctype html><html lang="sv"><head><title>{title}</title></head><body><nav><a href="/">{menu}</a></nav>'
            f"<article><h1>{title}</h1>{text}</article><footer>Om oss</footer></body></html>"
        )
