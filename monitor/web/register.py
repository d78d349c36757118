"""/diarium: the public register, and a case packed for the municipality's own records system."""

import io
import json
import zipfile
from datetime import datetime
from hashlib import sha256
from typing import Any

import anyio
from sqlite_utils import Database
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.core.register import Wording, flat, public_entry, record_of, to_xml
from monitor.deliver.render import open_templates
from monitor.models import Case, CaseEvent, SeenText
from monitor.store import case_lists
from monitor.store import cases as case_store
from monitor.web.case_words import Words
from monitor.web.downloads import Table, download, to_csv
from monitor.web.people import Role, needs
from monitor.web.site import Site, site_of

NO_PDF = "no PDF: install the extra [pdf] (WeasyPrint); arende.html prints the same"
KEYS = ("received", "diary_number", "case", "direction", "sender", "recipient", "matter")


def routes(_site: Site) -> list[Route]:
    """Return the routes of this module."""
    return [
        Route("/diarium", register),
        Route("/diarium.csv", register_csv),
        Route("/arende/{number}/paket.zip", package),
    ]


@needs(Role.READER)
async def register(request: Request) -> Response:
    """Show the register as anyone may see it; it prints on paper."""
    site = site_of(request)
    cases = await site.read(case_lists.registered)
    return site.page(request, "register.html.j2", entries=[public_entry(case) for case in cases])


@needs(Role.READER)
async def register_csv(request: Request) -> Response:
    """Return the public register as CSV: a hidden sender is not in it."""
    site = site_of(request)
    cases = await site.read(case_lists.registered)
    words = Words(site.language(request), site.home.reports)
    rows = [
        (e.received, e.number, e.case, words.direction(e.direction), e.sender, e.recipient, e.matter)
        for e in map(public_entry, cases)
    ]
    table = Table(columns=words.columns(KEYS), keys=KEYS, rows=rows, zone=site.home.settings.zone)
    return download(table, "csv", "diarium")


@needs(Role.EDITOR)
async def package(request: Request) -> Response:
    """Return a case as a ZIP: HTML, PDF/A where WeasyPrint is installed, XML, JSON and CSV, with SHA-256 of each."""
    site, number = site_of(request), request.path_params["number"]
    now = site.clock()

    def load(db: Database) -> tuple[Case, list[CaseEvent], list[SeenText], list[Wording]] | None:
        case = case_store.read_case(db, number)
        if case is None:
            return None
        held = set(case.articles)
        texts = [text for text in case_store.read_texts(db, number) if text.article in held]
        earlier = [Wording(article=a, changed_at=at, title=title, text=text)
                   for a, at, title, text in case_store.read_revisions(db, case.articles)]  # fmt: skip
        return case, case_store.read_log(db, number), texts, earlier

    found = await site.read(load)
    if found is None:
        raise HTTPException(404)
    case, log, texts, earlier = found
    record = record_of(case, log, texts, earlier, made_at=now)
    environment = open_templates(site.language(request), site.home.reports)
    page = environment.get_template("web/record.html.j2").render(
        record=record, language=site.language(request), organisation=site.organisation, case=case
    )
    content = await anyio.to_thread.run_sync(_pack, record, page, now, site)
    headers = {"Content-Disposition": f'attachment; filename="arende-{case.number}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def _pack(record: dict[str, Any], page: str, now: datetime, site: Site) -> bytes:
    """Return the ZIP. The manifest names every other file with its SHA-256; SHA256SUMS is for `sha256sum -c`."""
    table = Table(columns=("field", "value"), rows=flat(record), zone=site.home.settings.zone)
    parts = {
        "arende.html": page.encode(),
        "arende.xml": to_xml(record),
        "arende.json": json.dumps(record, ensure_ascii=False, indent=1).encode() + b"\n",
        "arende.csv": to_csv(table),
    }
    pdf = to_pdf(page)
    if pdf is not None:
        parts["arende.pdf"] = pdf
    hashes = {name: sha256(data).hexdigest() for name, data in parts.items()}
    manifest = {
        "schema": "town-monitor/package/1",
        "case": record["register"]["case_number"],
        "made_at": now.isoformat(timespec="seconds"),
        "pdf": "PDF/A-3u" if pdf is not None else NO_PDF,
        "files": [{"name": name, "bytes": len(parts[name]), "sha256": digest} for name, digest in hashes.items()],
    }
    sums = "".join(f"{digest}  {name}\n" for name, digest in hashes.items())
    parts["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
    parts["SHA256SUMS"] = sums.encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def to_pdf(page: str) -> bytes | None:
    """Return the page as PDF/A-3u; None where WeasyPrint is not installed. It fetches nothing: the page is whole."""
    try:
        # An extra; and it takes a second to load.
        from weasyprint import HTML  # noqa: PLC0415
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError):  # OSError: Pango is missing
        return None

    nothing = URLFetcher(allowed_protocols=frozenset())
    content: bytes = HTML(string=page, url_fetcher=nothing).write_pdf(pdf_variant="pdf/a-3u")
    return content
