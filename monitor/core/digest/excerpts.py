"""The few words of an article that a letter repeats: its own lead, and one short quote with the naming marked.

Nothing stands here that the article does not say. The limits are the quotation right's "no more than the purpose needs"
(22 § upphovsrättslagen) put in numbers.
"""

import re
from collections.abc import Iterator, Sequence

from monitor.core.sentences import sentences
from monitor.core.triage.quoting import QUOTE_LIMIT, names_private_person, summarise
from monitor.models import Article, Mention
from monitor.models.common import Part

Span = tuple[int, int]
Parts = tuple[Part, ...]

# A sentence is looked for this far from the naming: a text without any full stop must not cost more than another.
_REACH = 600
_MENTIONS = 30

_QUOTATION_MARK = re.compile(r"[”“„\"«»]")
_NEIGHBOURS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1))
_OPENING = re.compile(r"\s*(?:[–—-]\s+)?")


def excerpt(article: Article) -> tuple[Parts, Parts]:
    """Return the article's summary and quote.

    The quote adds something to title and summary; where only these name the municipality there is no quote, and the
    naming is marked in the summary instead.
    """
    summary = summarise(article)
    if quote := choose_quote(article, summary):
        return (Part(summary),) if summary else (), quote
    return _mark(summary, {mention.text for mention in article.place.mentions}), ()


def choose_quote(article: Article, summary: str = "") -> Parts:
    """Return the sentence to quote: one without a private person's name, a whole one, with the fullest naming.

    It says something that neither the headline nor `summary` says; () when there is none.
    """
    text = article.text
    mentions = _mentions(article)
    said = f"{article.title.removesuffix('…')} {summary.removeprefix('… ')}"
    places = {word for mention in article.place.mentions for word in mention.text.split()}
    best: tuple[tuple[bool, bool, int, int], Span, Mention] | None = None
    for mention in mentions:
        start, end = span = _sentence_around(text, mention)
        words = text[start:end]
        only_named = not re.search(r"\w", words.replace(mention.text, ""))
        if only_named or words[:60] in summary or words in said:
            continue
        rank = (names_private_person(words, places), end - start > QUOTE_LIMIT, mention.start - mention.end, start)
        if best is None or rank < best[0]:
            best = (rank, span, mention)
    if best is None:
        return ()
    _, (first, last), mention = best
    start, end = _narrow((first, last), mention, text)
    parts = _pieces(text, (start, end), mentions)
    return (*[Part("…")][: start > first], *parts, *[Part("…")][: end < last])


def _mentions(article: Article) -> Sequence[Mention]:
    """Return the first namings in the text, in order, whose positions hold: a naming does not end in white space."""
    size = len(article.text)
    namings = [mention for mention in article.place.mentions if mention.where == "text"][:_MENTIONS]
    holding = (m for m in namings if 0 <= m.start < m.end <= size and m.end - m.start <= QUOTE_LIMIT // 2)
    named = (m for m in holding if not article.text[m.end - 1].isspace())
    return sorted(named, key=lambda mention: (mention.start, -mention.end))


def _sentence_around(text: str, mention: Mention) -> Span:
    """Return the sentence that names; with those beside it when only together they hold the whole of what is spoken."""
    low = max(text.rfind("\n", 0, mention.start) + 1, mention.start - _REACH)
    high = text.find("\n", mention.end)
    high = min(len(text) if high < 0 else high, mention.end + _REACH)
    spans = [(low + start, low + end) for start, end in sentences(text[low:high])]
    at = next(number for number, (_, end) in enumerate(spans) if end >= mention.end)
    start, end = spans[at]
    for before, after in _NEIGHBOURS:
        first, last = at - before, at + after
        if first >= 0 and last < len(spans) and spans[last][1] - spans[first][0] <= QUOTE_LIMIT:
            candidate = spans[first][0], spans[last][1]
            if len(_QUOTATION_MARK.findall(text, *candidate)) % 2 == 0:
                start, end = candidate
                break
    start = min(start, mention.start)
    opening = _OPENING.match(text, start, mention.start)
    return opening.end() if opening else start, end


def _narrow(span: Span, mention: Mention, text: str) -> Span:
    """Return `span`, or the piece of it around the naming that fits, cut between words where there are any."""
    start, end = span
    if end - start <= QUOTE_LIMIT:
        return span
    room = QUOTE_LIMIT - len("……")
    if mention.end - start > room:
        start = mention.start - room // 2 + (mention.end - mention.start)
        space = text.find(" ", start, mention.start)
        start = space + 1 if space >= 0 else start
    if end - start > room:
        end = start + room
        space = text.rfind(" ", mention.end, end)
        end = space if space >= 0 else end
    return start, end


def _pieces(text: str, span: Span, mentions: Sequence[Mention]) -> Iterator[Part]:
    """Give the text of `span` with every naming in it marked."""
    at, end = span
    for mention in mentions:
        if mention.start >= at and mention.end <= end:
            if mention.start > at:
                yield Part(text[at : mention.start])
            yield Part(text[mention.start : mention.end], hit=True)
            at = mention.end
    if at < end:
        yield Part(text[at:end])


def _mark(text: str, names: set[str]) -> Parts:
    """Return `text` with the whole words that are one of `names` marked."""
    wanted = "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)) if name)
    pieces = re.split(rf"(?<!\w)({wanted})(?!\w)", text) if wanted else [text]
    return tuple(Part(piece, hit=bool(number % 2)) for number, piece in enumerate(pieces) if piece)
