"""When a page is no page to read: other kinds of files, walls of consent or script in front of the text."""

import re
from collections.abc import Sequence

_KINDS = (
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"RIFF", "an image or a recording"),
    (b"PK\x03\x04", "an archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x1f\x8b", "compressed data"),
    (b"OggS", "a recording"),
    (b"ID3", "a recording"),
)
_HTML_TYPES = re.compile(
    r"\A\s*(?:text/(?:html|xml|plain)|application/(?:xhtml\+xml|xml|octet-stream)|;|\Z)", re.IGNORECASE
)
_MARKUP = re.compile(r"<(?:[a-zA-Z]|!doctype|!--)", re.IGNORECASE)
_FEED = re.compile(
    r"\A[^<]{0,200}(?:<\?[^>]{0,300}>\s*|<!--(?:[^-]|-[^-]){0,2000}-->\s*)*<(?:rss|feed|rdf:RDF|urlset)\b"
)
_JSON = re.compile(r"\A\s*[{\[]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1a\ufffd]")

# "Kakor" are also cakes, and "samtycke" is a matter for courts: a notice has words of both kinds.
_CONSENT = re.compile(
    r"\b(?:cookies?|kakor)\b(?=.*?(?:samtyck|godkänn|accepte?r|inställning|integritet|tillåt|vi använder|consent|accept"
    r"|privacy|preferences|settings|we use|allow))"
    r"|(?:samtyck|godkänn|accepte|vi använder|consent|accept|privacy|we use|allow).*?\b(?:cookies?|kakor)\b",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT = re.compile(
    r"(?:enable|aktivera|turn on|slå på|requires?|kräver|without|utan|använda) (?:\w+ ){0,3}java ?script"
    r"|java ?script (?:\w+ ){0,6}(?:enabled|disabled|aktiverat|inaktiverat|avstängt|required|krävs)",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"checking your browser|are you (?:a )?(?:human|robot)|är du (?:en )?(?:människa|robot)|just a moment|captcha"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|unusual traffic|access denied|åtkomst nekad|security check",
    re.IGNORECASE,
)
_NOTICE = 2_000  # characters of a paragraph in which a notice shows itself
_WALLS = (
    (_ROBOT, 80, "the page shows only a check for robots"),
    (_SCRIPT, 80, "the page shows its text only to a browser that runs scripts"),
    (_CONSENT, 250, "the page shows only a question about cookies"),
)
"""What a wall says, how many words it has at most, and how to say so."""


def not_a_page(body: bytes, content_type: str) -> str:
    """Return what these bytes are if they are no web page, as a sentence; "" if they may be one."""
    if not body.strip(b"\0 \t\r\n"):
        return "the page is empty"
    for mark, kind in _KINDS:
        if body.startswith(mark):
            return f"not a web page: {kind}"
    if not _HTML_TYPES.match(content_type):
        return f"not a web page: it is sent as {content_type.partition(';')[0].strip()[:60]}"
    return ""


def not_markup(text: str) -> str:
    """Return what these characters are if they are no web page, as a sentence; "" if they may be one."""
    beginning = text[:20_000]
    if len(_UNPRINTABLE.findall(beginning)) * 10 > len(beginning):
        return "not a web page: binary data"
    if _FEED.match(beginning):
        return "not a web page: a feed or a sitemap"
    if _MARKUP.search(text[:200_000]):
        return ""
    return "not a web page: JSON data" if _JSON.match(beginning) else "not a web page: it has no HTML"


def only_a_wall(title: str, blocks: Sequence[str]) -> str:
    """Return which wall is all there is to see of a page, as a sentence; "" if there is text besides."""
    words = sum(len(block.split()) for block in blocks)
    for sign, longest, kind in _WALLS:
        if words <= longest and any(sign.search(shown[:_NOTICE]) for shown in (title, *blocks)):
            other = sum(len(block.split()) for block in blocks if not sign.search(block[:_NOTICE]))
            if 2 * other <= words:
                return kind
    return ""
