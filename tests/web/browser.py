"""A browser for tests: asks the pages of a home in this process, keeps cookies, and sends forms as browsers do."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from starlette.testclient import TestClient

from monitor.config import read_home
from monitor.web.app import make_app
from tests.conftest import NOW

TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Browser:
    """One visitor of a home's pages. Use it in a `with` block: the database is closed at its end."""

    def __init__(self, folder: Path, *, now: datetime = NOW, address: str = "http://localhost") -> None:
        self.app = make_app(read_home(folder), lambda: now)
        self.client = self._open(address)
        self.page: httpx.Response | None = None

    def another(self, address: str = "http://localhost") -> TestClient:
        """Return a client without cookies of the same site, for requests that no browser of ours would send."""
        return self._open(address)

    def _open(self, address: str) -> TestClient:
        return TestClient(self.app, base_url=address, follow_redirects=False, raise_server_exceptions=False)

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)

    def get(self, path: str) -> httpx.Response:
        """Open a page and stay on it."""
        self.page = self.client.get(path, headers={"Sec-Fetch-Site": "none"})
        return self.page

    def post(
        self, path: str, fields: Mapping[str, str | Sequence[str]] | None = None, *, form: str | None = None
    ) -> httpx.Response:
        """Send a form. The token is that of the page `form`, which is opened first, or of the page that is open."""
        if form is not None:
            self.get(form)
        token = TOKEN.search(self.page.text) if self.page is not None else None
        data = {**({"csrf": token[1]} if token else {}), **(fields or {})}
        # As browsers do under `Referrer-Policy: no-referrer`.
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        self.page = self.client.post(path, data=data, headers=headers)
        return self.page


def bare_home(folder: Path, web: str = "", top: str = "") -> Path:
    """Write a home without sources; `web` goes under `[web]`."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = (
        f'municipality = "Katrineholm"\ncode = "0483"\norganisation = "Katrineholms kommun"\n{top}\n[web]\n{web}\n'
    )
    (folder / "monitor.toml").write_text(settings, encoding="utf-8")
    (folder / "feeds.txt").write_text("", encoding="utf-8")
    return folder
