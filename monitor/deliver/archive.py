"""The list of all letters as a page, and the newest of them as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from monitor.core import times
from monitor.core.digest.values import PastDigest
from monitor.deliver.render import open_templates, plain_text, safe_templates
from monitor.errors import DeliveryError
from monitor.files import write_whole

ATOM = "http://www.w3.org/2005/Atom"
FEED_ENTRIES = 30
LISTED = 366
"""Letters on the page: what is older lies beside it and is not looked up every morning."""


def write_archive(
    folder: Path,
    past: Sequence[PastDigest],
    *,
    organisation: str,
    language: str,
    web: str = "",
    home_reports: Path | None = None,
) -> None:
    """Write `index.html` of the letters in `folder`, newest first, and with `web`, an address, `atom.xml`.

    Letters whose file is gone are not listed. Raises DeliveryError.
    """
    there = [letter for letter in past if (folder / f"{letter.day}.html").exists()]
    pages = {"index.html": render_index(there, organisation=organisation, language=language, home_reports=home_reports)}
    if web:
        pages["atom.xml"] = render_feed(
            there, organisation=organisation, language=language, web=web, home_reports=home_reports
        )
    try:
        for name, content in pages.items():
            write_whole(folder / name, content)
    except OSError as error:
        raise DeliveryError(f"{folder}: the list of letters could not be written: {error.strerror or error}") from error


def render_index(
    past: Sequence[PastDigest], *, organisation: str, language: str, home_reports: Path | None = None
) -> str:
    """Return the page that lists the letters by month. Its links are relative."""
    months: dict[str, list[PastDigest]] = {}
    for letter in past[:LISTED]:
        months.setdefault(times.month_year(letter.day, language), []).append(letter)
    values = {"language": language, "organisation": organisation, "months": months, "older": len(past) > LISTED}
    with safe_templates():
        template = open_templates(language, home_reports).get_template("digest/index.html.j2")
        return template.render(**values, **_words(language))


def render_feed(
    past: Sequence[PastDigest], *, organisation: str, language: str, web: str, home_reports: Path | None = None
) -> str:
    """Return the newest letters as Atom; every entry points to the letter on the follow-up pages at `web`."""
    with safe_templates():
        template = open_templates(language, home_reports).get_template("digest/past.j2")
        say = vars(template.make_module({"organisation": organisation, **_words(language)}))
        feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
        _add(feed, "title", plain_text(say["name"]()))
        _add(feed, "id", f"{web}/brev/")
        _add(feed, "updated", max((letter.made_at.isoformat() for letter in past), default="1970-01-01T00:00:00Z"))
        _add(ET.SubElement(feed, "author"), "name", organisation)
        for letter in past[:FEED_ENTRIES]:
            entry = ET.SubElement(feed, "entry")
            address = f"{web}/brev/{letter.day}"
            _add(entry, "title", plain_text(f"{times.long_day(letter.day, language)}: {say['told'](letter)}"))
            _add(entry, "id", address)
            _add(entry, "updated", letter.made_at.isoformat())
            ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
            _add(entry, "summary", plain_text(say["told"](letter)))
    ET.indent(feed)
    return ET.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"


def _words(language: str) -> dict[str, object]:
    return {"weekday_date": lambda day: times.weekday_and_day(day, language)}


def _add(parent: ET.Element, name: str, text: str) -> None:
    # XML has no way to write a control character.
    ET.SubElement(parent, name).text = "".join(sign for sign in text if sign.isprintable())
