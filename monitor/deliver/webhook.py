"""Webhooks: a letter or an alert as a post to Teams, Slack, or any program that reads JSON.

The only outgoing HTTP besides the crawl. The address that was judged is the address that is connected to; redirects are
not followed; of the answer no more is read than a sentence needs.
"""

import contextlib
import http.client
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.core.addresses import is_allowed, judge_address, judge_request
from monitor.core.text import clean_line, shorten
from monitor.deliver.channels import Fate, Message, Point, Receipt

ATTEMPTS = 3
MESSAGE_SCHEMA = "town-monitor/message/1"
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 30.0
_ANSWER_BYTES = 4_096
_ANSWER_LIMIT = 120
_MOST_POINTS = 12
_TEXT_LIMIT = 200


class Kind(StrEnum):
    """What the other side understands."""

    TEAMS = "teams"
    """A workflow of Microsoft Teams that is started by a webhook: an adaptive card."""
    SLACK = "slack"
    """An incoming webhook of Slack: blocks of rich text."""
    JSON = "json"
    """Any program: the message and the letter's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where to post. The address is a secret: whoever knows it can write to the channel."""

    name: str
    url: str
    kind: Kind = Kind.JSON
    timeout: float = 15.0
    allow_hosts: tuple[str, ...] = ()
    """`host:port` on a private or loopback address that may be posted to; all others are refused."""
    ca_file: str = ""

    def __repr__(self) -> str:
        """Leave the address out: a traceback or log may show this."""
        return f"Hook({self.name}, {self.kind})"


class WebhookChannel:
    """Posts to one hook; tries again, with longer and longer pauses, what may succeed."""

    def __init__(self, hook: Hook, *, sleep: Callable[[float], object]) -> None:
        self._hook = hook
        self._sleep = sleep

    def deliver(self, message: Message) -> Receipt:
        """Post `message`."""
        body = json.dumps(payload(message, self._hook.kind), ensure_ascii=False).encode()
        pause = _FIRST_PAUSE
        for attempt in range(1, ATTEMPTS + 1):
            receipt, wait = self._post(body, message.key)
            if receipt.fate is not Fate.LATER or attempt == ATTEMPTS:
                break
            self._sleep(min(max(wait, pause), _LONGEST_PAUSE))
            pause *= 2
        return receipt

    def close(self) -> None:
        """Nothing is kept open."""

    def _post(self, body: bytes, key: str) -> tuple[Receipt, float]:
        """Post once; return what became of it and how many seconds the other side asks to wait."""
        sent = False
        try:
            line = _connect(self._hook)
            if isinstance(line, Receipt):
                return line, 0.0
            timer = threading.Timer(2 * self._hook.timeout, _cut, [line.sock])
            timer.daemon = True
            timer.start()
            try:
                sent = True
                headers = {
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "town-monitor",
                    "Idempotency-Key": key,
                }
                line.request("POST", _target(self._hook.url), body=body, headers=headers)
                answer = line.getresponse()
                said = answer.read(_ANSWER_BYTES).decode("utf-8", "replace")
            finally:
                timer.cancel()
                line.close()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            reason = clean_line(getattr(error, "strerror", None) or str(error) or type(error).__name__, _ANSWER_LIMIT)
            if sent:
                return Receipt(Fate.UNKNOWN, f"{self._hook.name} fell silent when it had the message: {reason}"), 0.0
            return Receipt(Fate.LATER, f"{self._hook.name} cannot be reached: {reason}"), 0.0
        return self._judge(answer.status, said), _seconds(answer.getheader("Retry-After"))

    def _judge(self, status: int, said: str) -> Receipt:
        name = self._hook.name
        if 200 <= status < 300:
            return Receipt(Fate.SENT, f"HTTP {status}")
        if 300 <= status < 400:
            return Receipt(Fate.REFUSED, f"{name} points to another address (HTTP {status}); write that one in url")
        fate = Fate.LATER if status in (408, 425, 429) or status >= 500 else Fate.REFUSED
        return Receipt(fate, f"{name} answers HTTP {status}: {clean_line(said, _ANSWER_LIMIT)}")


def _connect(hook: Hook) -> http.client.HTTPConnection | Receipt:
    """Resolve, judge, and connect to the very address that was judged."""
    parts = urlsplit(hook.url)
    host = parts.hostname or ""
    safe = parts.scheme == "https"
    port = parts.port or (443 if safe else 80)
    allowed = is_allowed(host, port, hook.allow_hosts)
    if refused := judge_request(host, port, hook.allow_hosts):
        return Receipt(Fate.REFUSED, f"{hook.name}: {refused.reason}; [crawl] allow_hosts may name it")
    if not safe and not allowed:
        return Receipt(Fate.REFUSED, f"{hook.name}: only https is posted to, except hosts in [crawl] allow_hosts")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    refusals = [] if allowed else [judge_address(address) for address in addresses]
    if refusal := next((verdict for verdict in refusals if verdict), None):
        return Receipt(Fate.REFUSED, f"{hook.name}: {refusal.reason}; [crawl] allow_hosts may name it")
    plain = _reach(addresses, port, hook.timeout)
    line = http.client.HTTPConnection(host, port, timeout=hook.timeout)
    line.sock = plain
    if safe:
        context = ssl.create_default_context()
        if hook.ca_file:
            context.load_verify_locations(hook.ca_file)
        try:
            line.sock = context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise
    return line


def _reach(addresses: Sequence[str], port: int, timeout: float) -> socket.socket:
    """Connect to the first address that answers. Raises the fault of the last."""
    for number, address in enumerate(addresses, 1):
        try:
            return socket.create_connection((address, port), timeout=timeout)
        except OSError:
            if number == len(addresses):
                raise
    raise OSError("the name has no address")


def _cut(wire: socket.socket) -> None:
    """End a conversation that takes too long in all: an answer of one byte now and then is never silent."""
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _seconds(retry_after: str | None) -> float:
    """Return what Retry-After asks for; a date is left to our own pauses."""
    return float(retry_after) if retry_after and re.fullmatch(r"\d{1,6}", retry_after) else 0.0


# --- what is posted --------------------------------------------------------------------------------------


def payload(message: Message, kind: Kind) -> Mapping[str, object]:
    """Return what is posted. Crawled text stands only where no markup is read."""
    match kind:
        case Kind.TEAMS:
            return _teams(message)
        case Kind.SLACK:
            return _slack(message)
        case Kind.JSON:
            return {
                "schema": MESSAGE_SCHEMA,
                "id": message.key,
                "subject": message.subject,
                "text": message.text,
                "web": message.web,
                "points": [{"text": point.text, "url": point.url, "source": point.source} for point in message.points],
                "data": message.data,
            }


def _teams(message: Message) -> Mapping[str, object]:
    """Return an adaptive card. TextRun is plain text, where TextBlock would read Markdown out of a headline."""

    def run(text: str, **more: object) -> Mapping[str, object]:
        return {"type": "TextRun", "text": text, **more}

    def line(*runs: Mapping[str, object]) -> Mapping[str, object]:
        return {"type": "RichTextBlock", "inlines": list(runs)}

    def told(point: Point) -> Mapping[str, object]:
        link = {"selectAction": {"type": "Action.OpenUrl", "url": point.url}} if point.url else {}
        by = [run(f" ({_short(point.source)})", isSubtle=True)] if point.source else []
        return line(run(_short(point.text), **link), *by)

    shown = message.points[:_MOST_POINTS]
    content: dict[str, object] = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.4",
        "body": [line(run(_short(message.subject), weight="Bolder", size="Large")), *map(told, shown)],
    }
    if message.web:
        content["actions"] = [{"type": "Action.OpenUrl", "title": _host(message.web), "url": message.web}]
    card = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "summary": _short(message.subject), "attachments": [card]}


def _slack(message: Message) -> Mapping[str, object]:
    """Return blocks of rich text: there, unlike in "mrkdwn", nothing in a headline is markup."""

    def words(text: str, **style: bool) -> Mapping[str, object]:
        return {"type": "text", "text": text, **({"style": style} if style else {})}

    def told(point: Point) -> Mapping[str, object]:
        text = _short(point.text) or point.url
        first = {"type": "link", "url": point.url, "text": text} if point.url else words(text)
        by = [words(f" ({_short(point.source)})")] if point.source else []
        return {"type": "rich_text_section", "elements": [first, *by]}

    heading = {"type": "rich_text_section", "elements": [words(_short(message.subject), bold=True)]}
    elements: list[object] = [heading]
    if points := [told(point) for point in message.points[:_MOST_POINTS]]:
        elements.append({"type": "rich_text_list", "style": "bullet", "elements": points})
    if message.web:
        link = {"type": "link", "url": message.web, "text": _host(message.web)}
        elements.append({"type": "rich_text_section", "elements": [link]})
    fallback = _short(message.subject).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": fallback, "blocks": [{"type": "rich_text", "elements": elements}]}


def _short(text: str) -> str:
    return shorten(clean_line(text), _TEXT_LIMIT)


def _host(url: str) -> str:
    return urlsplit(url).netloc
