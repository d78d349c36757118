"""Who is asking, by the session that the browser's cookie names: for local accounts and for a login provider.

The sessions are ours, in the database, and not signed cookies: a logout, a closed account or a new password ends them
at once, and a role that is changed counts from the next page on (docs/decisions/0009).
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from monitor.core.logins import safe_target
from monitor.models import Person
from monitor.store import accounts as account_store
from monitor.web import security

if TYPE_CHECKING:
    from monitor.web.site import Site


class SessionLogin:
    """Finds the person of a session."""

    def __init__(self, site: "Site") -> None:
        self._site = site

    async def identify(self, request: Request) -> Person | None:
        """Return who holds the cookie's session."""
        token = self._site.cookie(request)
        if not token:
            return None
        return await self._site.read(lambda db: account_store.person_of_session(db, token, self._site.clock()))


async def let_in(site: "Site", request: Request, target: str, who: str | Person) -> Response:
    """Begin a session under a new token for an account or a person, and lead on. This browser's earlier one ends."""
    now = site.clock()
    lasts = timedelta(hours=site.web.session_hours)
    token, earlier = security.new_token(), site.cookie(request)

    def renew(db: Database) -> None:
        account_store.end_session(db, earlier)
        account_store.start_session(db, token, who, now + lasts, now)

    await site.write(renew)
    response = RedirectResponse(safe_target(target), status_code=303)
    security.set_cookie(response, token, secure=site.is_secure(request), seconds=int(lasts.total_seconds()))
    return response
