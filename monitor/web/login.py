"""/logga-in and /logga-ut."""

import logging
import math
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.core.logins import FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS, LONGEST_PASSWORD, safe_target
from monitor.store import accounts as account_store
from monitor.web import passwords, security
from monitor.web.forms import Form, read_form
from monitor.web.people import open_to_all
from monitor.web.session_login import let_in
from monitor.web.site import Site, msgid, site_of

log = logging.getLogger(__name__)
WRONG = msgid("The name or the password is wrong.")
WAIT = msgid("Too many tries. Wait %(minutes)s min and try again.")


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/logga-in", show, methods=["GET"]),
        Route("/logga-in", log_in, methods=["POST"]),
        Route("/logga-ut", log_out, methods=["POST"]),
    ]


@open_to_all()
async def show(request: Request) -> Response:
    """Show the form of the login, or lead on when there is nothing to do."""
    site = site_of(request)
    target = safe_target(request.query_params.get("till", "/"))
    if await site.identify(request) is not None and site.web.login in ("none", "proxy"):
        return RedirectResponse(target, status_code=303)
    return site.page(request, "login.html.j2", target=target, name="", wrong="", values={})


@open_to_all()
async def log_in(request: Request) -> Response:
    """Compare name and password. An unknown name takes as long and gives the same words as a wrong password."""
    site = site_of(request)
    if site.web.login != "accounts":
        return site.refuse(request, 403, msgid("There are no passwords here."))
    form = await read_form(request)
    name = form.get("name", "").strip().lower()[:200]
    account, address = f"account {name}", f"address {security.peer_of(request, site.web.proxy.peers)}"
    tries = {account: FREE_FOR_ACCOUNT, address: FREE_FOR_ADDRESS}
    wait = await site.write(lambda db: account_store.claim_try(db, tries, site.clock()))
    if wait:
        return _again(request, form, WAIT, wait)
    stored = await site.read(lambda db: account_store.open_account_hash(db, name))
    password = form.get("password", "")
    if not await passwords.check(stored, password[: LONGEST_PASSWORD + 1]) or stored is None:
        log.warning("login refused")
        return _again(request, form, WRONG, timedelta())
    await site.write(lambda db: account_store.forgive(db, account, address))
    if passwords.is_outdated(stored):
        anew = await passwords.hash_anew(password)
        await site.write(lambda db: account_store.set_hash(db, name, anew, end_sessions=False))
    return await let_in(site, request, form.get("till", "/"), name)


def _again(request: Request, form: Form, wrong: str, wait: timedelta) -> Response:
    """Show the form again, with the name that was typed."""
    said: dict[str, object] = {"wrong": wrong, "values": {"minutes": math.ceil(wait.total_seconds() / 60)}}
    said |= {"target": safe_target(form.get("till", "/")), "name": form.get("name", "")}
    page = site_of(request).page(request, "login.html.j2", status=429 if wait else 403, **said)
    if wait:
        page.headers["Retry-After"] = str(math.ceil(wait.total_seconds()))
    return page


@open_to_all()
async def log_out(request: Request) -> Response:
    """End the session, here and in the database."""
    site = site_of(request)
    token = site.cookie(request)
    await site.write(lambda db: account_store.end_session(db, token))
    response = RedirectResponse("/logga-in", status_code=303)
    secure = site.is_secure(request)
    response.delete_cookie(security.cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
    return response
