"""Which articles are news of a period, and how the stories that hold them are ordered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.core.digest.values import LeftOut
from monitor.models import Article, Period, PlaceKind, Story

LATE = timedelta(days=2)
"""How long before the period an article may have been published that was not found until the period."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new of a story: its articles of the period, the one that speaks for it first."""

    story: Story
    articles: tuple[Article, ...]
    own: tuple[Article, ...]
    earlier: int

    @property
    def lead(self) -> Article:
        """The article that speaks for what is new."""
        return self.articles[0]

    @property
    def independent(self) -> int:
        """How many articles are no copies."""
        return max(1, sum(article.url not in self.story.copies for article in self.articles))

    @property
    def about(self) -> bool:
        """Whether one of its articles concerns the municipality."""
        return any(article.place.about and article.place.kind is not PlaceKind.NAMED_AFTER for article in self.articles)

    @property
    def in_full(self) -> bool:
        """Whether it is more than one line. What needs an answer always is."""
        return self.story.need is not None or (self.about and self.story.aside is None)

    @property
    def sources(self) -> int:
        """How many sources have it."""
        return len({article.source for article in self.articles})

    @property
    def rank(self) -> tuple[bool, float, bool, float, int, bool, float, str]:
        """Sort key: answers by due time, about the municipality, weight, newest, address.

        Where no weight is known, articles of their own and the name in the headline stand for it. The address and not
        a number of ours decides last: what was fetched first, after a fault, must not change the letter.
        """
        need, weight = self.story.need, round(self.story.total_weight, 6)
        newest = max(article.at for article in self.articles)
        headline = any(mention.where == "title" for mention in self.lead.place.mentions)
        instead = (0, False) if weight else (-self.independent, not headline)
        due = need.due.timestamp() if need else 0
        return (need is None, due, not self.in_full, -weight, *instead, -newest.timestamp(), self.lead.url)


def belongs(article: Article, period: Period, shown: Collection[str] = ()) -> bool:
    """Whether `article` is news of `period`: published in it, or shortly before it and found only in it.

    Without the second kind, what is published in the minutes before a letter and fetched after it stands in none.
    """
    if period.holds(article.at):
        return True
    late = period.start - LATE <= article.at < period.start and period.holds(article.seen_at)
    return late and not article.baseline and article.url not in shown


def news_of(stories: Sequence[Story], period: Period, shown: Collection[str]) -> list[News]:
    """Return what is new of each story that has articles of the period from outside, in no order."""
    news = []
    for story in stories:
        outside = [article for article in story.articles if article.url not in story.own]
        articles = [article for article in outside if belongs(article, period, shown)]
        # The story's lead may be old news: then its first new article with a text of its own speaks for it.
        articles.sort(key=lambda article: (article is not story.lead, article.url in story.copies))
        if articles and not _is_muted(story):
            head, *others = articles
            others.sort(key=lambda article: (article.at, article.url))
            own = tuple(a for a in story.articles if a.url in story.own and belongs(a, period, shown))
            old = sum(article.at < period.start for article in outside)
            late = sum(article.at < period.start for article in articles)
            news.append(News(story, (head, *others), own, earlier=old - late))
    return news


def _is_muted(story: Story) -> bool:
    return story.topic is not None and story.topic.muted and story.need is None


def left_out(stories: Sequence[Story], period: Period, shown: Collection[str]) -> LeftOut:
    """Return how many articles of the period are in no item: the municipality's own, and those on muted topics."""
    own = muted = 0
    for story in stories:
        new = [article for article in story.articles if belongs(article, period, shown)]
        outside = sum(article.url not in story.own for article in new)
        own += 0 if outside else len(new)
        muted += outside if _is_muted(story) else 0
    return LeftOut(own=own, muted=muted)
