"""Story -> Case: the monitoring opens one, once, for a story that needs an answer; and what a letter tells of cases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.cases import days_late
from monitor.core.digest import CaseMark, Followed, LateCase
from monitor.core.text import shorten
from monitor.models import Case, NeedRule, Story
from monitor.store import case_lists
from monitor.store import cases as case_store
from monitor.store import stories as story_store

_TITLE_LIMIT = 200


def follow(home: Home, db: Database, stories: Sequence[Story], now: datetime) -> tuple[tuple[Story, ...], Followed]:
    """Open the cases that are missing; return the stories as their cases leave them, and what the letter tells.

    A story whose case is closed needs no answer any more; an open case's own time counts, not the rule's. What a person
    has closed is not opened again, however often a letter is made.
    """
    numbers = [story.id for story in stories]
    rows = story_store.rows_by_url(db, numbers)
    cases = case_store.cases_of_stories(db, numbers)
    for story in stories:
        if story.id not in cases and story.need and home.settings.followup.open == "needs":
            _open(home, db, story, rows, now)
        elif story.id in cases and not cases[story.id].closed:
            joining = [rows[article.url] for article in story.articles if article.url in rows]
            case_store.join_articles(db, cases[story.id].number, joining, now)
    cases = case_store.cases_of_stories(db, numbers)
    marks = {id_: _mark(case) for id_, case in cases.items()}
    late = _late(home, db, now) if home.settings.digest.web else ()
    return tuple(_as_followed(story, cases.get(story.id)) for story in stories), Followed(
        cases=marks, late=late, rows=rows
    )


def draft_of(story: Story, rows: dict[str, int]) -> Case:
    """Return a case for a story, to be saved: what it is about, why, and the unit that its topic points to."""
    need = story.need
    asks = next((article for article in story.articles if need and article.url == need.url), story.lead)
    return Case(
        number="",
        title=shorten(asks.title, _TITLE_LIMIT),
        proposed=story.topic.unit if story.topic else "",
        rule=need.rule if need else None,
        reason=need.words if need and need.rule is not NeedRule.MARKED else "",
        received=min(article.seen_at for article in story.articles),
        due=need.due.astimezone(UTC) if need else None,
        story=story.id,
        articles=tuple(rows[article.url] for article in story.articles if article.url in rows),
    )


def _open(home: Home, db: Database, story: Story, rows: dict[str, int], now: datetime) -> None:
    case_store.open_once(db, draft_of(story, rows), now=now, zone=home.settings.zone)


def _mark(case: Case) -> CaseMark:
    return CaseMark(number=case.number, status=case.status, owner=case.owner, proposed=case.proposed)


def _as_followed(story: Story, case: Case | None) -> Story:
    if case is None or story.need is None:
        return story
    if case.closed:
        return replace(story, need=None)
    return replace(story, need=replace(story.need, due=case.due or story.need.due))


def _late(home: Home, db: Database, now: datetime) -> tuple[LateCase, ...]:
    """Return the late cases. What may be covered by secrecy is named by its number only: a letter goes by mail."""
    zone = home.settings.zone
    return tuple(
        LateCase(
            number=case.number,
            title="" if case.secret else case.title,
            due=case.due,
            days=days_late(case.due, now, zone),
            owner=case.owner,
        )
        for case in case_lists.late_cases(db, now)
        if case.due
    )
