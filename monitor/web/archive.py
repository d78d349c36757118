"""/arkiv: search the articles."""

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.core.search import Query, read_query
from monitor.store import archive as archive_store
from monitor.store import articles as article_store
from monitor.store import digests as digest_store
from monitor.web.people import Role, needs
from monitor.web.site import Site, site_of

MANY = 50


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [Route("/arkiv", archive)]


@needs(Role.READER)
async def archive(request: Request) -> Response:
    """Search the articles, or show the newest and all letters."""
    site = site_of(request)
    asked = request.query_params.get("q", "")[:200]
    query = read_query(asked)

    def find(db: Database) -> tuple[list[dict[str, object]], list[str]]:
        days = digest_store.digest_days(db)
        if not isinstance(query, Query):
            return article_store.list_articles(db, MANY), days
        wish = archive_store.Wish(query=query)
        hits = archive_store.find_articles(db, wish, order=archive_store.Order.NEWEST, limit=MANY)
        return article_store.list_rows(db, [hit.id for hit in hits]), days

    articles, days = await site.read(find)
    names = {source.url: source.name for source in site.home.sources}
    return site.page(request, "archive.html.j2", asked=asked, articles=articles, days=days, names=names)
