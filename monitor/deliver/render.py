"""Turn a digest into the letter: a page with its styles inlined, the same in plain text, and the data as JSON.

Templates, styles and translations come from the home's `reports/` where it has them, else from the shipped package.
Every template escapes what it is given, whatever its name.
"""

import html
import io
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import css_inline
import msgspec
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from monitor.core import times
from monitor.core.digest import Digest, demote_last
from monitor.core.digest.values import Fault, FaultKind
from monitor.core.recipients import Edition
from monitor.core.text import shorten
from monitor.core.urls import safe_url
from monitor.errors import DeliveryError

MAX_BYTES = 90_000
"""Mail clients cut a longer letter off (Gmail at 102 kB)."""
MAX_SUBJECT = 70
MAX_PREHEADER = 90
SCHEMA = "town-monitor/digest/1"

_MAX_ATTRIBUTE = 120
_SITES_TO_OPEN = 6
_WHOLE = Edition()
# The inliner takes style elements away, those that are to stay too: the second sheet is put in afterwards.
_PLACEHOLDER = "<!--RESPONSIVE-->"
_KINDS = ("digest", "notices", "translations", "web")
"""The folders of `reports/` that hold templates; a home has templates of its own in folders of the same names."""
# Stripped where text comes in, and never shown anyway: what hides inside a word or turns a line around.
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False, minify_css=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDigest:
    """A letter in its forms. `subject` is one line of plain text."""

    subject: str
    html: str
    text: str
    json: str


def render_digest(
    digest: Digest, *, language: str = "sv", home_reports: Path | None = None, edition: Edition = _WHOLE
) -> RenderedDigest:
    """Render `digest`; a letter too long for a mail has its lowest stories as one line each.

    Raises DeliveryError when a template of the home's own is wrong.
    """
    environment = open_templates(language, home_reports)
    with safe_templates():
        digest, page = _fit(digest, lambda shorter: _render_html(environment, shorter, language, edition))
        context = _context(environment, digest, language, edition)
        text = plain_text(environment.get_template("digest/letter.txt.j2").render(context))
    return RenderedDigest(subject=context["subject"], html=page, text=_tidy_text(text), json=_to_json(digest))


def render_notice(
    name: str, values: Mapping[str, object], *, language: str, zone: ZoneInfo, today: date, home_reports: Path | None
) -> tuple[str, str]:
    """Render `notices/NAME.txt.j2`: plain text, its first line the subject. Raises DeliveryError."""
    environment = open_templates(language, home_reports)
    words = {
        "long_day": partial(times.long_day, language=language),
        "month_day": partial(times.month_day, language=language),
        "short_moment": partial(times.short_moment, zone=zone, language=language, today=today),
    }
    with safe_templates():
        text = _tidy_text(plain_text(environment.get_template(f"notices/{name}.txt.j2").render(**words, **values)))
    subject, _, body = text.partition("\n")
    return shorten(subject, MAX_SUBJECT), body.lstrip("\n")


# --- the three forms -----------------------------------------------------------------------------------


def _fit(digest: Digest, render: Callable[[Digest], str]) -> tuple[Digest, str]:
    """Return the letter with as many stories in full as a mail holds, and its page.

    Rendering is what a letter costs: the number is found by halving, not one by one.
    """
    page = render(digest)
    if len(page.encode()) <= MAX_BYTES or not digest.stories:
        return digest, page
    shorter = list(accumulate(digest.stories, lambda longer, _: demote_last(longer), initial=digest))
    page_of = cache(lambda number: render(shorter[number]))
    last = len(shorter) - 1
    number = bisect_left(range(last), True, lo=1, key=lambda number: len(page_of(number).encode()) <= MAX_BYTES)
    return shorter[number], page_of(number)


def _render_html(environment: Environment, digest: Digest, language: str, edition: Edition) -> str:
    context = _context(environment, digest, language, edition)
    page = _HIDDEN.sub("", environment.get_template("digest/letter.html.j2").render(context))
    style = environment.get_template("digest/responsive.css").render(context)
    inlined: str = _INLINER.inline(page)
    rest = re.sub(r"\s*\n\s*", "", style)
    inlined = inlined.replace(_PLACEHOLDER, f"<style>{rest}</style>", 1)
    return re.sub(r"\n\s+", "\n", inlined)


def _tidy_text(text: str) -> str:
    """Return the plain text with ordinary spaces and at most one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", _HIDDEN.sub("", text).replace("\u00a0", " ")).strip() + "\n"


def _to_json(digest: Digest) -> str:
    data = {"schema": SCHEMA, **msgspec.to_builtins(digest)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


def _context(environment: Environment, digest: Digest, language: str, edition: Edition) -> dict[str, Any]:
    """Return what the templates see: the digest, times in its time zone, and the subject and preheader made of both."""
    zone = ZoneInfo(digest.time_zone)

    def same_day_moment(moment: datetime, other: datetime) -> str:
        same = times.local_day(moment, zone) == times.local_day(other, zone)
        return times.at_clock(moment, zone, language) if same else context["short_moment"](moment)

    context: dict[str, Any] = {
        "digest": digest,
        "edition": edition,
        "language": language,
        **_colours(digest.colour),
        "at_clock": partial(times.at_clock, zone=zone, language=language),
        "day_of": partial(times.local_day, zone=zone),
        "weekday_and_day": partial(times.weekday_and_day, language=language),
        "clock": partial(times.clock, zone=zone, language=language),
        "full_moment": partial(times.full_moment, zone=zone, language=language),
        "short_moment": partial(times.short_moment, zone=zone, language=language, today=digest.day),
        "same_day_moment": same_day_moment,
        "long_day": partial(times.long_day, language=language),
        "month_day": partial(times.month_day, language=language),
        "weekday": partial(times.weekday, language=language),
        "weekday_date": partial(times.weekday_date, language=language),
        "short_weekday": partial(times.short_weekday, language=language),
        "to_open": partial(_to_open, digest),
    }
    say = vars(environment.get_template("digest/sentences.j2").make_module(context))
    context["subject"] = _one_line(say["subject"](), MAX_SUBJECT)
    context["preheader"] = _one_line(say["preheader"](), MAX_PREHEADER)
    return context


def _colours(own: str) -> dict[str, str]:
    """Return the colours of the head: the municipality's own, or the shipped ones."""
    if re.fullmatch("#[0-9a-fA-F]{6}", own):
        return {"colour": own, "accent": own, "head_in_dark": own}
    return {"colour": "#12384a", "accent": "#2f8fb3", "head_in_dark": "#0b2532"}


def _to_open(digest: Digest) -> list[Fault]:
    """Return the missing sources that a person should look at, the important ones first."""
    no_fault = {FaultKind.SILENT, FaultKind.QUIET, FaultKind.PAUSED}
    return [fault for fault in digest.health.faults if fault.kind not in no_fault][:_SITES_TO_OPEN]


# --- the environment -----------------------------------------------------------------------------------


class AlwaysEscaped(Extension):
    """Refuses, in the home's own templates too, what would turn the escaping off."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Pass on the tokens of a template. Raises TemplateSyntaxError at `{% autoescape %}`."""
        before = ""
        for token in stream:
            if before == "block_begin" and token.value == "autoescape":
                raise TemplateSyntaxError("escaping cannot be turned off", token.lineno, stream.name, stream.filename)
            before = token.type
            yield token


def open_templates(language: str, home_reports: Path | None) -> Environment:
    """Return the templates in `language`: the home's own where it has them, else the shipped ones."""
    own = home_reports if home_reports and any((home_reports / kind).exists() for kind in _KINDS) else None
    return _environment(language, own)


@lru_cache(maxsize=8)
def _environment(language: str, home_reports: Path | None) -> Environment:
    """Return templates that are compiled once: a third of a second that homes without their own share."""
    loaders: list[BaseLoader] = [PackageLoader("reports", "")]
    if home_reports is not None:
        loaders.insert(0, FileSystemLoader(home_reports))
    loader = ChoiceLoader(loaders)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", AlwaysEscaped],
    )
    del environment.filters["safe"]
    environment.filters |= {
        "address": link_address,
        "attr_text": attr_text,
        "initial": _initial,
        "nested": _nested,
        "number": partial(format_decimal, locale=language),
        "whole": lambda number: format_decimal(_rounded(number), locale=language),
        "rounded": _rounded,
    }
    words = _translations(environment, loader, language)
    # The extension gives the environment this function when it is loaded.
    vars(environment)["install_gettext_callables"](words.gettext, words.ngettext, newstyle=True)
    # `_` takes what it is given for a sentence of ours, and so for markup; a sentence out of a variable is text.
    environment.globals["told"] = lambda sentence, values: words.gettext(sentence) % values
    return environment


def _translations(environment: Environment, loader: BaseLoader, language: str) -> Translations:
    """Return the catalogue of `language`; without one the English of the templates stands."""
    name = f"translations/{language}.po"
    try:
        source, _, _ = loader.get_source(environment, name)
    except TemplateNotFound:
        return Translations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.StringIO(source), locale=language))
    compiled.seek(0)
    return Translations(compiled)


def attr_text(text: str) -> str:
    """Return `text` fit for an attribute: css-inline writes `<` and `>` there as they are."""
    return re.sub(r"[<>\"`=]", " ", text)[:_MAX_ATTRIBUTE]


def link_address(url: str) -> str:
    """Return the http address to link to, or "". What browsers let stand and RFC 3986 does not is written as %XX."""
    head, slashes, address = safe_url(url).partition("://")
    host, slash, rest = address.partition("/")
    return head + slashes + host + slash + re.sub(r"[\[\\\]^`{|}]", lambda found: f"%{ord(found[0]):02X}", rest)


def _initial(text: str) -> str:
    """Return `text` with its first letter as a capital. Markup stays Markup."""
    return text[:1].upper() + text[1:]


def _nested(text: str) -> str:
    """Return `text` as it stands inside quotation marks: its own become single ones."""
    return re.sub(r'[”“„"«»]', "’", text)


def plain_text(markup: str) -> str:
    """Undo the escaping: a plain text and a mail header are no HTML."""
    return html.unescape(str(markup))


def _one_line(markup: str, limit: int) -> str:
    """Return plain text that may stand in a mail header: no line break, no hidden character."""
    return shorten(" ".join(_HIDDEN.sub("", plain_text(markup)).split()), limit)


def _rounded(number: float) -> int:
    return int(number + 0.5)


@contextmanager
def safe_templates() -> Iterator[None]:
    """Turn a fault in a template, which may be the home's own, into a DeliveryError that says where it stands."""
    try:
        yield
    except TemplateError as error:
        raise DeliveryError(_explain(error)) from error


def _explain(error: TemplateError) -> str:
    where = f"{error.name}, line {error.lineno}: " if isinstance(error, TemplateSyntaxError) else ""
    return f"the letter's template is wrong: {where}{error.message}. A file in the home's reports/ may be the cause"
