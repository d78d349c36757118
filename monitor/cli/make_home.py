"""`monitor init`: a home for a municipality."""

from pathlib import Path

import click

from monitor.cli.terminal import say
from monitor.config import SETTINGS_FILE, SOURCES_FILE
from monitor.core.places import Municipality, Suggestions, find_municipality
from monitor.errors import UsageError
from monitor.files import write_whole

SETTINGS = """\
# What this home watches, and how. Save, and the next run uses it.
municipality = "{name}"
{code}organisation = "{organisation}"
# Further names that count as well: schools, companies, projects. Write them as they are written in a text.
names = [{names}]
time_zone = "Europe/Stockholm"
language = "sv"            # the letter's language: "sv" or "en"

[crawl]
# Who may be asked about our visits: a mail or web address. It stands in the user agent that sites see.
contact = ""
# delay = 2.0              # seconds between two requests to one host
# pages_per_source = 100   # pages fetched from one source in one run; the rest follow in the next runs
# allow_hosts = []         # "host:port" of private addresses that may be fetched, for example your intranet's

[digest]
# at = "06.30"             # the letter covers the day up to this time

[matching]
# exclude = []             # a text with one of these words does not count

# Who gets the letter by mail: [mail] and [[recipients]], as docs/sending.md tells.

[retention]
# decision = "KS 2026/118" # number of the municipality's decision on it; it stands in the log of deletions
# pages_days = 14          # fetched pages that wait to be read
# text_days = 90           # texts of news; headline, address and one quote are kept
# class_days = {{ blog = 30, forum = 30, social = 30 }}   # what private persons write: no quote is kept
# letters_days = 0         # letters, as files and as data; 0 keeps them
# polls_days = 90          # what each visit to a source said
"""

SOURCES = """\
# The sources of {organisation}: one address a line. A line that begins with # is not used.
# After the address you may write:  name="..."  class=...  important=yes
#   class: local-paper, national, radio, local-web, trade, authority, blog, forum, social, own, other
#   important=yes: when this source cannot be read, the letter says at the top that it is incomplete
# Find feeds in the newspaper's page source or its help pages; often /feed/ or /rss at the end of the address.

[Local media]
# https://www.example.se/feed/ name="Example paper" class=local-paper important=yes

[Authorities]
# https://polisen.se/aktuellt/rss/... name="The police, {county}" class=authority

[National media]
# https://www.svt.se/nyheter/rss.xml name="SVT Nyheter" class=national
# https://api.sr.se/api/rss/program/83?format=145 name="SR Ekot" class=radio
"""


@click.command()
@click.argument("municipality")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]")
@click.option("--home", "home_path", type=click.Path(path_type=Path), default=None, help="The same as DIR.")
@click.option(
    "--name", "names", multiple=True, help="A further name to look for. For a town outside Sweden: its forms."
)
@click.option("--elsewhere", is_flag=True, help="A town outside Sweden: take MUNICIPALITY as it is written.")
def init(
    municipality: str, folder: Path | None, home_path: Path | None, names: tuple[str, ...], elsewhere: bool
) -> None:
    """Make a home in DIR (default: the current folder) for one of Sweden's 290 municipalities.

    MUNICIPALITY is a name, the beginning of one, or a municipality code.
    """
    target = folder or home_path or Path()
    for file in (SETTINGS_FILE, SOURCES_FILE):
        if (target / file).exists():
            raise UsageError(f"{target / file} exists already; a home is never overwritten. Choose another folder")
    settings, sources, place = _elsewhere(municipality, names) if elsewhere else _in_sweden(municipality, names)
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_whole(target / SOURCES_FILE, sources)
        write_whole(target / SETTINGS_FILE, settings)
    except OSError as error:
        raise UsageError(f"{target}: the home could not be written: {error.strerror or error}") from error
    say(f"A home for {place} in {target.resolve()}")
    say(f"Next: write sources into {target / SOURCES_FILE} and a contact into {target / SETTINGS_FILE},")
    say(f"then: monitor run --home {target}")


def find(query: str) -> Municipality:
    """Return the municipality that is meant. Raises UsageError with what it might have been."""
    found = find_municipality(query)
    if isinstance(found, Suggestions):
        if not found.candidates:
            raise UsageError(
                f'"{query}" is none of Sweden\'s 290 municipalities. For a town outside Sweden: '
                f'monitor init --elsewhere "{query}" --name ...'
            )
        known = ", ".join(f"{place.name} ({place.county})" for place in found.candidates[:8])
        raise UsageError(
            f'"{query}" is none of Sweden\'s municipalities. Did you mean: {known}? '
            f"For a town outside Sweden add --elsewhere"
        )
    return found


def _in_sweden(query: str, names: tuple[str, ...]) -> tuple[str, str, str]:
    place = find(query)
    settings = SETTINGS.format(
        name=place.name, code=f'code = "{place.code}"\n', organisation=place.official, names=_quoted(names)
    )
    title = f"{place.official} ({place.code}, {place.county}, {len(place.localities)} localities)"
    return settings, SOURCES.format(organisation=place.official, county=place.county), title


def _elsewhere(name: str, names: tuple[str, ...]) -> tuple[str, str, str]:
    if not name.strip():
        raise UsageError("the name of the town is empty")
    name = name.strip()
    settings = SETTINGS.format(name=_escaped(name), code="", organisation=_escaped(name), names=_quoted(names))
    return settings, SOURCES.format(organisation=name, county="..."), name


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{_escaped(name)}"' for name in names)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
