"""What guards every answer and every request: headers, the Host check, and where a form came from.

The letter stands in the frame with its own styles, which are inline because mail clients need them so: that page, and
the letter as a file, allow inline styles, and no scripts at all. Every other page allows neither inline styles nor
inline scripts.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
_NOWHERE = "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    + _NOWHERE
)
LETTER_POLICY = f"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; {_NOWHERE}"
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class SafeHeaders:
    """Gives every answer the headers of `HEADERS` that it does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)


class KnownHosts:
    """Answers to the home's own names only, so that a foreign name made to point here (DNS rebinding) reads nothing."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], Collection[str]]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on when the Host is known."""
        if scope["type"] == "http" and host_of_request(Request(scope)) not in self.hosts():
            words = "Adressen är inte den här tjänstens. / This service does not answer to that address.\n"
            await PlainTextResponse(words, status_code=400)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def host_of_request(request: Request) -> str:
    """Return the name in Host without its port, in small letters; an IPv6 address keeps its brackets."""
    host = request.headers.get("host", "").lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


# --- the visitor's cookie, and the token in each form --------------------------------------------------


def cookie_name(*, secure: bool) -> str:
    """Return the cookie's name. `__Host-` makes browsers demand Secure, so plain http on this machine goes without."""
    return "__Host-monitor" if secure else "monitor"


def is_secure(request: Request, public: str) -> bool:
    """Whether the person's own connection is https: ours, or that of the proxy at the public address."""
    address = urlsplit(public)
    own = address.hostname or ""
    return request.url.scheme == "https" or (address.scheme == "https" and host_of_request(request) == own)


def new_token() -> str:
    """Return a secret of 256 bits."""
    return secrets.token_urlsafe(32)


def form_token(cookie: str) -> str:
    """Return the token for forms of the visitor who has `cookie`: nobody can make it without the cookie."""
    return hmac.new(cookie.encode(), b"town-monitor form", hashlib.sha256).hexdigest()


def is_form_token(token: str, cookie: str) -> bool:
    """Whether `token` belongs to `cookie`, compared in constant time."""
    return bool(cookie) and hmac.compare_digest(token.encode(), form_token(cookie).encode())


def set_cookie(response: Response, token: str, *, secure: bool, seconds: int | None = None) -> None:
    """Give the browser its cookie."""
    name = cookie_name(secure=secure)
    response.set_cookie(name, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def came_from_here(request: Request, public: str) -> bool:
    """Whether the browser says that a form was sent from one of our pages.

    Our Referrer-Policy makes browsers write `Origin: null` for our own forms (Fetch, "append a request Origin header"),
    so that counts when Sec-Fetch-Site says "same-origin". A request with neither header is no browser's form.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None or origin == "null":
        return site is not None
    host = request.headers.get("host", "")
    address = urlsplit(public)
    return origin in (f"{request.url.scheme}://{host}", f"{address.scheme}://{address.netloc}")


def peer_of(request: Request, proxies: Collection[str]) -> str:
    """Return the address that asks. That of a proxy of ours stands for the last one it has written down itself."""
    peer = request.client.host if request.client else ""
    if peer in proxies:
        forwarded = request.headers.getlist("x-forwarded-for")
        last = forwarded[-1].rpartition(",")[2].strip() if forwarded else ""
        return last or peer
    return peer
