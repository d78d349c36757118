"""What a story is to the municipality: which unit's matter, how heavy, whether it needs an answer, and by when."""

from monitor.core.triage.answers import due_by, find_need
from monitor.core.triage.classes import REACH, class_of, level_of, reach_of
from monitor.core.triage.judging import Desk, find_topic, judge_story
from monitor.core.triage.own_voice import own_hosts
from monitor.core.triage.quoting import names_private_person, summarise
from monitor.core.triage.topics import TOPICS_FILE, Topics, default_topics, read_topics
from monitor.core.triage.weighing import Weights, tell_weight, weigh

__all__ = [
    "REACH",
    "TOPICS_FILE",
    "Desk",
    "Topics",
    "Weights",
    "class_of",
    "default_topics",
    "due_by",
    "find_need",
    "find_topic",
    "judge_story",
    "level_of",
    "names_private_person",
    "own_hosts",
    "reach_of",
    "read_topics",
    "summarise",
    "tell_weight",
    "weigh",
]
