"""Poll a source kind in this process against a fake of its service: a function from request to answer."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request
from scrapy.http import Response

from monitor.config.secrets import Secrets
from monitor.crawl.base import Polled, SourceSpider
from monitor.crawl.failures import BudgetSpentError
from monitor.crawl.ledger import Ledger
from monitor.models import Source, Validators
from tests.loopback import Answer

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)


@dataclass
class Fake:
    """A service on no network: `answer(path, parameters)` speaks for it; remembers what it was asked."""

    answer: Callable[[str, dict[str, str]], Answer]
    asked: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def queries(self) -> list[dict[str, str]]:
        """The parameters of each request, in order."""
        return [dict(parse_qsl(urlsplit(url).query)) for url in self.asked]


def said(value: object, status: int = 200) -> Answer:
    """Return an answer in JSON."""
    return Answer(json.dumps(value).encode(), status, {"Content-Type": "application/json"})


async def work(function: Callable[..., Any], *args: object) -> Any:
    """Do the work of a worker process here."""
    return function(*args)


def poll(
    kind_class: type[SourceSpider],
    fake: Fake,
    url: str,
    *,
    now: datetime = NOW,
    cursor: Mapping[str, object] | None = None,
    words: tuple[str, ...] = ("Katrineholm",),
    home: Path = Path(),
    validators: Validators = Validators(),  # noqa: B008 (a frozen value)
    name: str = "",
    environment: Mapping[str, str] | None = None,
    ledger: Ledger | None = None,
    allow_hosts: tuple[str, ...] = (),
    **options: str,
) -> Polled:
    """Poll a source once, as the crawl does, with the bound of requests that the kind has."""
    kind = kind_class(
        work=work,
        clock=lambda: now,
        zone=UTC,
        words=words,
        home=home,
        secrets=Secrets(home, environment or {}),
        ledger=ledger,
        allow_hosts=allow_hosts,
    )
    source = Source(url=url, kind=kind.kind, name=name, options=options)
    kind.read_options(source)
    most = len(fake.asked) + kind.most_requests

    async def fetch(request: Request, /) -> Response:
        if len(fake.asked) >= most:
            raise BudgetSpentError(f"one poll makes at most {kind.most_requests} requests")
        fake.asked.append(request.url)
        fake.requests.append(request)
        parts = urlsplit(request.url)
        answer = fake.answer(parts.path, dict(parse_qsl(parts.query)))
        headers = dict(answer.headers)
        return Response(request.url, status=answer.status, body=answer.body, headers=headers, request=request)

    return asyncio.run(kind.poll(source, validators, cursor or {}, fetch))
