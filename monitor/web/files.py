"""/fil/: stylesheet, script and icon. Their address holds their version, so that browsers may keep them."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.web.people import open_to_all
from monitor.web.site import Site, site_of

KINDS = {"page.css": "text/css", "keys.js": "text/javascript", "icon.svg": "image/svg+xml"}


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/fil/{name}", show)]


@open_to_all()
async def show(request: Request) -> Response:
    """Answer with one of the files of `KINDS`."""
    name = request.path_params["name"]
    content = site_of(request).file(name) if name in KINDS else None
    if content is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=KINDS[name], headers=headers)
