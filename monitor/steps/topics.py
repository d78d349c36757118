"""Story -> topic and unit, kept in the archive: for its facets and for statistics."""

from sqlite_utils import Database

from monitor.config import Home
from monitor.core.triage import find_topic
from monitor.models import Clock, Period
from monitor.steps.judge import desk_of
from monitor.store import archive as archive_store
from monitor.store import stories as story_store

_BATCH = 500


def judge_topics(home: Home, db: Database, clock: Clock) -> int:
    """Judge the stories that are new, changed, split or merged, and all of them when topics.toml is another.

    Return how many were judged. A story whose text is purged keeps the topic it had.
    """
    now = clock()
    desk = desk_of(home, db, (), period=Period(start=now, end=now), made_at=now)
    archive_store.queue_all_topics(db, desk.topics.mark)
    judged = 0
    while queue := archive_store.queued_stories(db, _BATCH):
        topics = {}
        for story in story_store.read_stories(db, story_store.members_of(db, queue)):
            lead, topic = find_topic(story, desk)
            if lead.text or lead.lead or topic:
                topics[story.id] = (topic.key, topic.unit) if topic else ("", "")
        archive_store.save_topics(db, queue, topics)
        judged += len(queue)
    return judged
