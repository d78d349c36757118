"""A day on which everything that comes from outside is hostile."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.core.digest import Digest
from monitor.models import Article, Need, NeedRule, PollOutcome, Story
from tests.golden.digest.days import article, clock, history, letter, sources, state

WORDS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{7*7}}{% raw %}${7*7}",
    "\u202egnp.exe\u200b\u00ad",
    "x" * 2_000,
    "</style><style>*{display:none}</style>",
    "<!--RESPONSIVE-->--><!-- ]]>",
    "&lt;b&gt;&#60;script&#62;%(count)s %s %%",
    "\r\nBcc: nagon@example.org",
    "</title></head><svg/onload=alert(1)><iframe srcdoc='<script>alert(1)</script>'>",
]
"""What a headline, a text or the name of a source may say."""

ADDRESSES = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "//tidning.example/x",
    "file:///etc/passwd",
    "",
]
"""What is no web address and must be no link."""


def letter_with(words: str, url: str) -> Digest:
    """Return a letter with `words` in every place that text from outside can reach."""
    return letter_of([words], [url])


def hostile_day() -> Digest:
    """Return a letter with all hostile words, each in a story of its own, and all hostile addresses."""
    return letter_of(
        WORDS,
        web="https://bevakning.example",
        urls=["https://tidning.example/\"><script>alert('1')</script>?a=`b`&c= d", *ADDRESSES],
    )


def letter_of(words: Sequence[str], urls: Sequence[str], web: str = "") -> Digest:
    """Return a letter whose stories take their words and addresses in turn."""
    told = []
    for number in range(max(len(words), len(urls))):
        word, url = words[number % len(words)], urls[number % len(urls)]
        found = tuple(_article(name, word, url, f"{number}{name}", about=True) for name in ("A", "B", "C"))
        need = Need(rule=NeedRule.QUESTION, due=clock(24, "12.00"), to=word, words=word) if number < 2 else None
        told.append(Story(id=2 * number + 1, articles=found, need=need))
        told.append(Story(id=2 * number + 2, articles=(_article("A", word, url, f"{number}passing", about=False),)))
    named = [
        replace(item, source=replace(item.source, name=f"{item.source.name} {words[number % len(words)]}"))
        for number, item in enumerate(sources())
    ]
    down = state("Nere", PollOutcome.TRANSIENT, last_ok=None)
    named[23] = replace(down, source=replace(down.source, name=f"Nere {words[0]}", important=True))
    digest = letter(told, named, history(), judged=True, web=web, watched=[word[:40] for word in words])
    return replace(digest, organisation=f"Kommun {words[0]}", contact=f"Kontakt {words[-1]}")


def _article(name: str, words: str, url: str, slug: str, *, about: bool) -> Article:
    lead, text = f"Ingress {words}", f"Om Katrineholm {words}"
    one = article(name, clock(23, "12.00"), f"Katrineholm {words}", lead, text, about=about)
    return replace(one, url=url + slug if url.startswith("http") else url or "")
