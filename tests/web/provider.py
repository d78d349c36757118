"""A login provider for tests: real HTTP on loopback, real signed tokens, and every fault a test asks for."""

import base64
import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.conftest import NOW

CLIENT, SECRET = "town-monitor", "a secret of the tests"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
FOREIGN = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Provider:
    """Answers discovery, keys and the token endpoint. `claims` and `key` are what the next token is made of."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/tenant/v2.0"
        self.said_issuer = self.issuer
        self.claims: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()
        self.key = KEY
        self.algorithm = "RS256"
        self.down = False
        self.challenge = ""
        """Of the login that has begun, as the browser brought it here."""
        self.tokens = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def authorize(self, asked: Mapping[str, list[str]]) -> None:
        """Take the browser's visit, as the page of the provider would."""
        now = int(NOW.timestamp())
        self.challenge = asked["code_challenge"][0]
        self.claims = {"iss": self.issuer, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300,
                       "nonce": asked["nonce"][0], "roles": ["Monitor.Editor", "Unit.School"]}  # fmt: skip

    def answer(self, path: str, body: bytes, login: str) -> tuple[int, object]:
        """Return status and JSON."""
        base = self.issuer
        if self.down:
            return 503, {}
        if path.endswith("/.well-known/openid-configuration"):
            return 200, {"issuer": self.said_issuer, "authorization_endpoint": f"{base}/authorize",
                         "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/keys"}  # fmt: skip
        if path.endswith("/keys"):
            return 200, {"keys": [KEY.as_dict(private=False)]}
        if path.endswith("/token"):
            return self._token(parse_qs(body.decode()), login)
        return 404, {}

    def _token(self, form: dict[str, list[str]], login: str) -> tuple[int, object]:
        verifier = form["code_verifier"][0].encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        good = base64.b64decode(login.removeprefix("Basic ")).decode() == f"{CLIENT}:{SECRET}"
        if form["code"] != ["good"] or challenge != self.challenge or not good:
            return 400, {"error": "invalid_grant"}
        self.tokens += 1
        claims = {name: value for name, value in self.claims.items() if name not in self.without}
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            token = (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
                + "."
            )
        else:
            token = jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, value = provider.answer(self.path, body, self.headers.get("Authorization", ""))
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name of the base class)
            """Say nothing."""

    return Handler
