"""/brev/: the letters, one in the frame with the days beside it, and the exact files.

The letter stands in the frame as part of the page, not in an <iframe>: that would need a height that nobody knows
without a script, is a second place to scroll with the keyboard, prints badly, and asks for a laxer `frame-ancestors`.
What is put in is the file that our own template wrote, in which every crawled word is escaped; the page allows no
script at all, so that even a template of the home's own that forgot to escape can run nothing.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from monitor.store import digests as digest_store
from monitor.web.people import Role, needs
from monitor.web.security import LETTER_POLICY
from monitor.web.site import Site, site_of

KINDS = {"html": "text/html", "txt": "text/plain", "json": "application/json"}
# Where the letter goes: put in after rendering, since markup is never a value of a template.
_BODY, _STYLE = "<!--LETTER-->", "/*LETTER*/"


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/", latest), Route("/brev/senaste", latest), Route("/brev/{day}", letter)]


@needs(Role.READER)
async def latest(request: Request) -> Response:
    """Lead to the latest letter, or to the sources when there is none yet."""
    days = await site_of(request).read(digest_store.digest_days)
    return RedirectResponse(f"/brev/{days[0]}" if days else "/kallor", status_code=303)


@needs(Role.READER)
async def letter(request: Request) -> Response:
    """Answer with the letter of a day in the frame (/brev/2026-11-24), or with its .html, .txt or .json as written."""
    site = site_of(request)
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.(html|txt|json))?", request.path_params["day"])
    if not found:
        raise HTTPException(404)
    day, kind = found[1], found[2]
    path = _file_of(site, day, kind or "html")
    if path is None:
        raise HTTPException(404)
    if kind:
        headers = {"Content-Security-Policy": LETTER_POLICY}
        return FileResponse(path, media_type=KINDS[kind], content_disposition_type="inline", headers=headers)
    return _framed(request, site, day, path, await site.read(digest_store.digest_days))


def _file_of(site: Site, day: str, kind: str) -> Path | None:
    path = site.home.reports / "out" / f"{day}.{kind}"
    return path if path.is_file() else None


def _framed(request: Request, site: Site, day: str, path: Path, days: list[str]) -> Response:
    parts = _take_apart(path.read_text(encoding="utf-8"))
    kinds = [kind for kind in KINDS if _file_of(site, day, kind)]
    response = site.page(
        request,
        "letter.html.j2",
        day=date.fromisoformat(day),
        title=parts.title,
        earlier=max((other for other in days if other < day), default=""),
        later=min((other for other in days if other > day), default=""),
        kinds=kinds,
    )
    page = bytes(response.body).decode()
    page = page.replace(_STYLE, parts.style, 1).replace(_BODY, parts.body, 1)
    response.body = page.encode()
    response.headers["content-length"] = str(len(response.body))
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    title: str
    style: str
    body: str


def _take_apart(page: str) -> _Parts:
    """Return what stands in the letter's head and body. The frame has the page's one <main>."""
    head, _, rest = page.partition("<body")
    body = rest.partition(">")[2].rpartition("</body>")[0]
    title = re.search(r"<title>(.*?)</title>", head, re.DOTALL)
    # A comment for Outlook holds a style of its own.
    styles = re.findall(r"<style>(.*?)</style>", re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL), re.DOTALL)
    return _Parts(
        title=title[1] if title else "",
        style="\n".join(styles),
        body=body.replace('role="main"', 'role="article"', 1),
    )
