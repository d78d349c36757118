"""A key of a platform goes to that platform alone, whatever address a line has, and ends nowhere else."""

import asyncio
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response

from monitor.crawl.asking import Asking
from monitor.crawl.failures import RefusedAddressError
from monitor.crawl.politeness import in_open_interface
from monitor.crawl.secrets import secret_request
from monitor.models import Source
from spiders.instagram import InstagramSpider
from spiders.reddit import RedditSpider
from spiders.threads import ThreadsSpider
from spiders.x import XSpider
from spiders.youtube import YouTubeSpider
from tests.command import monitor
from tests.conftest import write_home
from tests.crawl.engine import engine_over
from tests.crawl.kinds import said
from tests.loopback import Answer, Web

KINDS = [XSpider, RedditSpider, ThreadsSpider, InstagramSpider, YouTubeSpider]


def send(kind: Any, url: str, *, line: str = "", secret: bool = True) -> list[Request]:
    """Ask as a poll of `kind` would whose line has the address `line`; return the requests that left."""
    sent: list[Request] = []

    async def download(request: Request) -> Response:
        sent.append(request)
        return Response(request.url, request=request)

    crawler: Any = SimpleNamespace(
        settings=SimpleNamespace(getlist=lambda _name: [], getfloat=lambda _name: 1e9),
        engine=engine_over(download),
    )
    asking = Asking(crawler, kind, Source(url=line or url, kind=kind.kind), {url: "https://evil.example/"})
    asyncio.run(asking(secret_request(url, headers={"Authorization": "hemlig"}) if secret else Request(url)))
    return sent


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_goes_to_its_platform_by_https_and_to_nobody_else(kind: Any) -> None:
    host = min(kind.api_hosts)
    (request,) = send(kind, f"https://{host}/a")
    assert in_open_interface(request)
    assert request.meta["dont_redirect"]
    for other in (
        f"http://{host}/a",
        "https://evil.example/a",
        f"https://{host}:8443/a",
        f"https://{host}.evil.example/",
    ):
        with pytest.raises(RefusedAddressError, match=r"a secret goes by https|not a plain"):
            send(kind, other)


def test_a_feed_of_youtube_is_under_robots_txt() -> None:
    (request,) = send(YouTubeSpider, "https://www.youtube.com/feeds/videos.xml?channel_id=UC1", secret=False)
    assert not in_open_interface(request)


def test_a_token_is_neither_stored_nor_sent_along_a_redirect_and_what_was_spent_is_remembered(
    web: Web, tmp_path: Path
) -> None:
    post = {"id": "1989000000000000000", "text": "Nytt bad i Katrineholm!", "created_at": "2026-11-24T05:00:00Z"}
    repeats = {"title": "Unauthorized", "detail": "AAAA-hemlig-token is unknown"}
    web.services["/ok"] = lambda _: said({"data": [post], "meta": {"result_count": 1}})
    web.services["/refused"] = lambda _: said(repeats, 401)
    web.services["/moved"] = lambda _: Answer(b"", 302, {"Location": f"{web.url}/andra"})
    paths = ("/ok", "/refused", "/moved")
    options = 'token=file:secrets/x decision="KS 2026/123" cap=100 price=0.1'
    write_home(tmp_path, web, *(f"x {web.url}{path} {options}" for path in paths))
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "x").write_text("AAAA-hemlig-token\n")
    (tmp_path / "secrets" / "x").chmod(0o600)
    assert monitor("crawl", "--home", tmp_path, "--now").code == 1
    told = {asked.path.partition("?")[0]: asked.headers.get("Authorization") for asked in web.asked}
    assert {path: token for path, token in told.items() if token} == dict.fromkeys(paths, "Bearer AAAA-hemlig-token")
    assert "/andra" not in told
    with sqlite3.connect(tmp_path / "monitor.db") as db:
        reasons = {url[len(web.url) :]: reason for url, reason in db.execute("select source, reason from polls")}
        spent = sorted(row[0] for row in db.execute("select amount from bookings"))
    assert "(secret) is unknown" in reasons["/refused"]
    assert "was not followed" in reasons["/moved"]
    assert spent == [0, 100_000, 10_000_000]  # a refusal; a post; all that may have come in an answer that nobody knows
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("monitor.db*"))
    assert b"hemlig" not in stored
