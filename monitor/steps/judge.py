"""Story -> judged Story: which article speaks for it, its weight, topic and unit, and whether it needs an answer."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from sqlite_utils import Database

from monitor.config import Home
from monitor.core.triage import TOPICS_FILE, Desk, Topics, Weights, default_topics, judge_story, own_hosts, read_topics
from monitor.errors import ConfigError
from monitor.models import Period, Story
from monitor.store import stories as story_store


def judged_stories(
    home: Home, db: Database, articles: Sequence[int], *, period: Period, made_at: datetime
) -> tuple[Story, ...]:
    """Return the stories of these articles, each judged for the letter of `period` that is made at `made_at`."""
    stories = story_store.read_stories(db, articles)
    desk = desk_of(home, db, [story.id for story in stories], period=period, made_at=made_at)
    return tuple(judge_story(story, desk) for story in stories)


def desk_of(home: Home, db: Database, stories: Sequence[int], *, period: Period, made_at: datetime) -> Desk:
    """Return what the home's stories are judged by."""
    settings = home.settings
    sources = {source.url: source for source in home.known_sources}
    tones, marks = story_store.judged_by_people(db, stories)
    return Desk(
        period=period,
        made_at=made_at,
        zone=settings.zone,
        sources=sources,
        own_hosts=own_hosts(sources, settings.triage.own_hosts),
        weights=Weights(**msgspec.structs.asdict(settings.weight)),
        topics=topics_of(home.path),
        mute=frozenset(settings.triage.mute),
        answer_days=settings.triage.answer_days,
        tones=tones,
        marks=marks,
    )


def topics_of(path: Path) -> Topics:
    """Return the topics of the home at `path`: its topics.toml, or those shipped. Raises ConfigError."""
    file = path / TOPICS_FILE
    if not file.exists():
        return default_topics()
    try:
        return read_topics(file.read_text(encoding="utf-8-sig"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = f"{error}. The file has [[topic]] tables with key, name, unit and words"
        raise ConfigError(file, "", what) from error
