"""/utskick/avsluta/: end one's own mailing, without a login."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.store import outbox as outbox_store
from monitor.web.people import open_to_all
from monitor.web.site import Site, site_of


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/utskick/avsluta/{token}", end_mailing, methods=["GET", "POST"])]


@open_to_all(foreign_form=True)
async def end_mailing(request: Request) -> Response:
    """Show a button, since mail gateways open every link; only a POST acts (RFC 8058).

    The token in the address, which nobody can guess, is what permits it: a mail client has no login here.
    """
    site = site_of(request)
    token = request.path_params["token"]
    recipient = await site.read(lambda db: outbox_store.recipient_of(db, token))
    if recipient is None:
        raise HTTPException(404)
    ended = request.method == "POST"
    if ended:
        await site.write(lambda db: outbox_store.end_mailing(db, token, site.clock()))
    return site.page(request, "unsubscribe.html.j2", recipient=recipient, ended=ended)
