"""What the pages show of one case: its articles, a quote, its log, and who may change it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from monitor.config import Home
from monitor.core.cases import Conflict, Problem, owners_of
from monitor.core.digest.excerpts import Parts, excerpt
from monitor.models import Case, CaseEvent, Person, Role, SeenText, Tone
from monitor.steps.judge import topics_of
from monitor.store import articles as article_store
from monitor.store import case_lists
from monitor.store import cases as case_store
from monitor.store import stories as story_store
from monitor.web.case_forms import FIELDS, values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One case as a page shows it."""

    case: Case
    tone: Tone
    log: Sequence[CaseEvent]
    texts: Sequence[SeenText]
    """Its articles as they read when seen, the oldest first."""
    shown: Collection[int]
    """Rows of those that still stand in the archive."""
    quote: Parts
    quoted: SeenText | None
    values: Mapping[str, str]
    """What stands in the form: the case's own, or what a person typed."""
    others: Sequence[tuple[str, str]]
    """Number and title of the other open cases, to merge with."""

    @property
    def sources(self) -> int:
        """How many sources its articles come from."""
        return len({text.source for text in self.texts})


def load(db: Database, home: Home, number: str, values: Mapping[str, str] | None = None) -> Panel | None:
    """Return a case with all that its page shows; None when there is none."""
    case = case_store.read_case(db, number)
    if case is None:
        return None
    held = set(case.articles)
    texts = [text for text in case_store.read_texts(db, number) if text.article in held]
    articles = article_store.read_articles(db, [text.article for text in texts])
    quoted = next((text for text in texts if case.reason and case.reason in text.text), texts[0] if texts else None)
    summary, quote = excerpt(articles[quoted.article]) if quoted and quoted.article in articles else ((), ())
    tone = story_store.judged_by_people(db, [case.story])[0].get(case.story) if case.story else None
    tone = tone or Tone.NOT_ASSESSED
    return Panel(
        case=case,
        tone=tone,
        log=case_store.read_log(db, number),
        texts=texts,
        shown=articles.keys(),
        quote=quote or summary,
        quoted=quoted,
        values=values if values is not None else values_of(case, tone, home.settings.zone),
        others=[other for other in case_lists.open_numbers(db) if other[0] != number],
    )


def units(db: Database, home: Home) -> tuple[str, ...]:
    """Return the units and roles that may own a case: those of `[web] units`, else of the topics, and those in use."""
    own = home.settings.web.units or [topic.unit for topic in topics_of(home.path).lists]
    return owners_of(own, case_lists.owners(db))


def may_change(person: Person, case: Case) -> bool:
    """Whether a person may change this case: who is responsible for a unit only what is its own, or proposed to it."""
    if person.role is Role.RESPONSIBLE:
        return bool(person.unit) and person.unit == (case.owner or case.proposed)
    return person.may(Role.EDITOR)


def anchors(problems: Sequence[Problem]) -> list[tuple[Problem, str]]:
    """Return each problem with the name of its field in the form, "" for none."""
    return [(problem, FIELDS.get(problem.field, "")) for problem in problems]


def both_texts(conflict: Conflict, wanted: Mapping[str, object]) -> list[tuple[str, str, object, object]]:
    """Return each field on which two people differ: name, name in the form, what stands there, what was typed."""
    theirs, yours = msgspec.to_builtins(conflict.case), msgspec.to_builtins(dict(wanted))
    return [
        (field, FIELDS[field], theirs[field], value)
        for field, value in yours.items()
        if field in FIELDS and theirs[field] != value
    ]
