"""A request is asked for until there is an answer: redirects and second tries are requests of their own."""

import asyncio
from types import SimpleNamespace
from typing import Any

from scrapy import Request
from scrapy.http import Response

from monitor.crawl.download import download
from tests.crawl.engine import engine_over


def test_what_a_middleware_asks_instead_is_asked_until_there_is_an_answer() -> None:
    asked: list[str] = []

    async def network(request: Request) -> Response | Request:
        asked.append(request.url)
        if request.url.endswith("/3"):
            return Response(request.url)
        return request.replace(url=f"https://a.example/{len(asked) + 1}", meta={"step": len(asked)})

    crawler: Any = SimpleNamespace(engine=engine_over(network))
    answer = asyncio.run(download(crawler, Request("https://a.example/1")))
    assert asked == [f"https://a.example/{number}" for number in (1, 2, 3)]
    assert (answer.url, answer.meta["step"]) == ("https://a.example/3", 2)
