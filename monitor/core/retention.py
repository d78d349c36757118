"""What stays of a text when its time is over.

Of news, headline, link and one quote stay: no more than may be quoted (22 § upphovsrättslagen), and no private person's
name. Of what private persons write, the link and a heading that is one stay; a post's own words go whole.
"""

from monitor.core.digest.excerpts import choose_quote
from monitor.core.triage import names_private_person
from monitor.models import Article, SourceClass

PURGED = "[gallrat]"
"""What stands in place of a headline that went: a social post's headline is its own first words."""


def headline_kept(title: str, source_class: SourceClass) -> str:
    """Return the headline that stays."""
    return PURGED if source_class is SourceClass.SOCIAL else title


def quote_kept(article: Article, source_class: SourceClass) -> str:
    """Return the quote that stays of an article whose text goes, "" for none."""
    if source_class.citizens:
        return ""
    quote = "".join(part.text for part in choose_quote(article))
    places = {word for mention in article.place.mentions for word in mention.text.split()}
    return "" if names_private_person(quote, places) else quote
