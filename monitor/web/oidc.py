"""`[web] login = "oidc"`: OpenID Connect by authorization code with PKCE, state and nonce.

RFC 6749 4.1, RFC 7636, OpenID Connect Core 1.0 section 3.1. Two requests of the browser make a login. The first, a form
of ours, remembers state, nonce and verifier and leads to the provider. The second is the way back: the one GET that
writes, since the protocol makes it one; the state, good once and only for the browser that began, permits it.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.config.delivery import LOCAL
from monitor.config.web import OidcSettings
from monitor.core.logins import role_of, safe_target, unit_of
from monitor.errors import MonitorError
from monitor.models import Person
from monitor.store import accounts as account_store
from monitor.store.accounts import BegunLogin, digest_of
from monitor.web import security
from monitor.web.forms import read_form
from monitor.web.people import open_to_all
from monitor.web.session_login import let_in
from monitor.web.site import msgid, site_of

log = logging.getLogger(__name__)
ANSWER = "/logga-in/oidc/svar"
ALGORITHMS = ["RS256", "ES256"]
LEEWAY = 60
_TIMEOUT = 10.0
_KEEP = timedelta(hours=1)

UNREACHABLE = msgid("The login service does not answer as it should. Try again soon.")
NOT_BEGUN = msgid("This login was begun in another browser or too long ago. Begin again.")
STOPPED = msgid("The login was stopped at the login service.")
NO_GROUP = msgid("You are logged in, but in no group that may use these pages. Ask an administrator.")
WRONG_SIGNATURE = msgid("The login service's answer is not signed by it.")
WRONG_SENDER = msgid("The answer comes from another login service, or is meant for another application.")
WRONG_NONCE = msgid("The login service's answer belongs to another login. Begin again.")
TOO_OLD = msgid("The login service's answer is too old. Begin again, and check that this machine's clock is right.")
INCOMPLETE = msgid("The login service's answer lacks something. An administrator finds it in the log.")


class LoginRefusedError(MonitorError):
    """A login was refused. The text is a msgid for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Discovered:
    """What the provider says of itself, and its keys."""

    authorize: str
    token: str
    keys: KeySet
    at: datetime


class Provider:
    """One provider, found by its issuer's address."""

    def __init__(self, settings: OidcSettings, secret: str, public: str) -> None:
        self.settings = settings
        self._secret = secret
        self._answer = public.rstrip("/") + ANSWER
        self._known: _Discovered | None = None

    async def address(self, state: str, begun: BegunLogin, now: datetime) -> str:
        """Return where to send the browser. Raises LoginRefusedError."""
        known = await self._discover(now)
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                known.authorize, state=state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return str(url)

    async def person(self, code: str, begun: BegunLogin, now: datetime) -> Person:
        """Exchange the code, check the ID token, and return whom it names. Raises LoginRefusedError."""
        known = await self._discover(now)
        try:
            async with self._client() as client:
                answer = await client.fetch_token(known.token, code=code, code_verifier=begun.verifier)
        except (httpx.HTTPError, AuthlibBaseError, ValueError) as error:
            log.warning("the login service refused the code: %s", type(error).__name__)
            raise LoginRefusedError(UNREACHABLE) from error
        claims = self._claims(str(answer.get("id_token", "")), known.keys, begun.nonce, now)
        return self._person(claims)

    def _person(self, claims: dict[str, Any]) -> Person:
        settings = self.settings
        groups = _listed(claims.get(settings.claim))
        role = role_of(groups, settings.roles)
        if role is None:
            raise LoginRefusedError(NO_GROUP)
        unit = unit_of(_listed(claims.get(settings.unit_claim)) if settings.unit_claim else groups, settings.units)
        # Who it is stays with the provider: the log shows the unit or the role.
        return Person(role=role, unit=unit, name=unit or role.value, key=digest_of(f"{claims['iss']} {claims['sub']}"))

    def _claims(self, token: str, keys: KeySet, nonce: str, now: datetime) -> dict[str, Any]:
        settings = self.settings
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            self._known = None  # the provider may have changed its keys: they are fetched anew with the next login
            raise LoginRefusedError(WRONG_SIGNATURE) from error
        wanted = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }
        params = {"nonce": nonce, "client_id": settings.client_id}
        claims = CodeIDToken(decoded.claims, decoded.header, wanted, params)
        try:
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except ExpiredTokenError as error:
            raise LoginRefusedError(TOO_OLD) from error
        except (InvalidClaimError, MissingClaimError) as error:
            log.warning("the login service's answer was refused: %s", error)
            raise LoginRefusedError(_sentence(str(getattr(error, "claim", "") or error))) from error
        except JoseError as error:
            raise LoginRefusedError(TOO_OLD) from error
        return dict(claims)

    async def _discover(self, now: datetime) -> _Discovered:
        """Return what the provider says of itself, asked at most once an hour (OpenID Connect Discovery 1.0)."""
        if self._known is not None and now - self._known.at < _KEEP:
            return self._known
        issuer = self.settings.issuer
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
                said = await _get_json(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
                if said["issuer"] != issuer:
                    raise LoginRefusedError(WRONG_SENDER)
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    _check_address(said[name])
                keys = KeySet.import_key_set(await _get_json(client, said["jwks_uri"]))
        except (httpx.HTTPError, JoseError, KeyError, TypeError, ValueError) as error:
            log.warning("the login service %s cannot be used: %s", urlsplit(issuer).hostname, type(error).__name__)
            raise LoginRefusedError(UNREACHABLE) from error
        self._known = _Discovered(
            authorize=said["authorization_endpoint"], token=said["token_endpoint"], keys=keys, at=now
        )
        return self._known

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self.settings.client_id,
            self._secret,
            scope=self.settings.scopes,
            redirect_uri=self._answer,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
        )


async def _get_json(client: httpx.AsyncClient, url: str) -> Any:
    answer = await client.get(url)
    return answer.raise_for_status().json()


def _check_address(url: str) -> None:
    """Raise ValueError for an address to which no secret may be sent."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise ValueError(url)


def _listed(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _sentence(claim: str) -> str:
    """Return what is said of a claim that is missing or wrong."""
    for name, sentence in (("nonce", WRONG_NONCE), ("iss", WRONG_SENDER), ("aud", WRONG_SENDER), ("azp", WRONG_SENDER)):
        if name in claim:
            return sentence
    return INCOMPLETE


# --- the two requests ----------------------------------------------------------------------------------


class Routes:
    """The handlers, which share one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def routes(self) -> list[Route]:
        """Return the routes of this module."""
        return [
            Route("/logga-in/oidc", self.begin, methods=["POST"]),
            Route(ANSWER, self.finish, methods=["GET"]),
        ]

    @open_to_all()
    async def begin(self, request: Request) -> Response:
        """Remember the login and lead to the provider."""
        site = site_of(request)
        form = await read_form(request)
        now = site.clock()
        state, begun = (
            security.new_token(),
            BegunLogin(
                nonce=security.new_token(),
                verifier=secrets.token_urlsafe(48),
                target=safe_target(form.get("till", "/")),
            ),
        )
        try:
            address = await self._provider.address(state, begun, now)
        except LoginRefusedError as error:
            return site.refuse(request, 503, str(error))
        visitor = site.cookie(request)
        await site.write(lambda db: account_store.begin_login(db, state, visitor, begun, now))
        return RedirectResponse(address, status_code=303)

    @open_to_all(get_writes=True)
    async def finish(self, request: Request) -> Response:
        """Let in whom the provider names."""
        site = site_of(request)
        asked = request.query_params
        state, visitor = asked.get("state", ""), site.cookie(request)
        begun = await site.write(lambda db: account_store.take_login(db, state, visitor, site.clock()))
        if begun is None:
            return site.refuse(request, 403, NOT_BEGUN)
        if "code" not in asked:
            log.warning("the login service said: %r", asked.get("error", "")[:80])
            return site.refuse(request, 403, STOPPED)
        try:
            person = await self._provider.person(asked["code"], begun, site.clock())
        except LoginRefusedError as error:
            return site.refuse(request, 403, str(error))
        return await let_in(site, request, begun.target, person)
