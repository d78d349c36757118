"""Who gets which letter, and a digest made smaller for a unit."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.digest import Digest
from monitor.core.digest.values import Comparison, FigureKey
from monitor.core.recipients import (
    Due,
    Edition,
    Gate,
    Recipient,
    Review,
    Spared,
    Why,
    days_covered,
    gate,
    select,
    share_out,
)
from tests.golden.digest import days

SCHOOL = Edition(about="Skola", words=("förskol", "*skola"))
NORMAL = days.normal_day()
NOW = datetime(2026, 11, 24, 6, 45).astimezone()


@pytest.fixture(scope="module")
def digest() -> Digest:
    return NORMAL


def on(digest: Digest, day: date) -> Digest:
    return replace(digest, day=day)


def reasons(spared: tuple[Spared, ...]) -> list[Why]:
    return [item.why for item in spared]


def test_the_whole_letter_goes_unchanged_to_everybody_on_a_weekday(digest: Digest) -> None:
    people = [Recipient(address="a@kommun.example"), Recipient(address="b@kommun.example", edition=Edition(short=True))]
    due, spared = share_out(digest, people)
    assert due == (Due(people[0], digest), Due(people[1], digest))
    assert spared == ()


def test_a_weekday_that_was_not_chosen_has_no_letter(digest: Digest) -> None:
    mondays = Recipient(address="a@kommun.example", weekdays=frozenset({0}))
    assert reasons(share_out(digest, [mondays])[1]) == [Why.WEEKDAY]
    assert len(share_out(on(digest, date(2026, 11, 23)), [mondays])[0]) == 1


@pytest.mark.parametrize("day", [date(2026, 11, 28), date(2026, 11, 29)])
def test_a_weekend_has_a_letter_only_when_something_needs_an_answer(digest: Digest, day: date) -> None:
    person = [Recipient(address="a@kommun.example")]
    quiet = on(digest, day)
    assert reasons(share_out(quiet, person)[1]) == [Why.WEEKEND]
    assert len(share_out(quiet, person, answers=1)[0]) == 1
    assert len(share_out(quiet, person, weekends=True)[0]) == 1


def test_mondays_letter_covers_what_the_weekend_had_no_letter_for() -> None:
    assert days_covered(date(2026, 11, 23), weekends=False) == 3
    assert days_covered(date(2026, 11, 23), weekends=True) == 1
    assert days_covered(date(2026, 11, 24), weekends=False) == 1


def test_who_has_ended_the_mailing_gets_nothing(digest: Digest) -> None:
    person = Recipient(address="A@kommun.example")
    due, spared = share_out(digest, [person], ended={"a@kommun.example"})
    assert due == ()
    assert reasons(spared) == [Why.ENDED]


def test_a_letter_about_a_topic_holds_its_stories_only(digest: Digest) -> None:
    part = select(digest, SCHOOL)
    assert part.stories
    assert len(part.stories) < len(digest.stories)
    assert set(part.stories) <= set(digest.stories)
    assert any("örskol" in story.lead.title for story in part.stories)
    assert all("budget" not in story.lead.title.lower() for story in part.stories)


def test_the_figures_of_a_part_add_up_and_compare_nothing(digest: Digest) -> None:
    part = select(digest, SCHOOL)
    figures = {figure.key: figure for figure in part.figures}
    assert figures[FigureKey.ARTICLES].number == part.articles
    assert figures[FigureKey.STORIES].number == len(part.stories) + len(part.also)
    assert figures[FigureKey.ARTICLES].comparison is Comparison.NONE_YET
    assert figures[FigureKey.ARTICLES].usual is None
    assert FigureKey.PROMINENT not in figures
    assert part.chart.bars == ()
    assert part.health == digest.health


def test_a_part_of_an_incomplete_letter_is_incomplete_too() -> None:
    part = select(days.degraded_day(), SCHOOL)
    assert part.incomplete
    compared = [figure.comparison for figure in part.figures if figure.comparison]
    assert set(compared) == {Comparison.SOURCES_MISSING}


def test_the_top_line_of_a_part_is_about_the_part(digest: Digest) -> None:
    part = select(digest, SCHOOL)
    assert part.top is not None
    assert part.top.title == part.stories[0].lead.title
    assert not part.top.dominates
    passing = select(digest, Edition(about="Annat", words=(digest.also[0].lead.title[:12],)))
    assert passing.stories == ()
    assert passing.top is not None
    assert passing.top.title == digest.also[0].lead.title


def test_a_day_without_stories_about_it_is_told_or_spared_as_wished(digest: Digest) -> None:
    nothing = Edition(about="Rymdfart", words=("raket",))
    told = Recipient(address="a@kommun.example", edition=nothing)
    spared = Recipient(address="b@kommun.example", edition=nothing, when_empty=False)
    due, without = share_out(digest, [told, spared])
    assert [item.recipient for item in due] == [told]
    assert due[0].digest.articles == 0
    assert due[0].digest.top is None
    assert without == (Spared(spared, Why.NOTHING),)


def test_words_match_beginnings_and_with_a_star_also_inside(digest: Digest) -> None:
    def titles(*words: str) -> set[str]:
        return {story.lead.title for story in select(digest, Edition(about="x", words=words)).stories}

    assert titles("FÖRSKOL")
    assert not titles("örskol")
    assert titles("*örskol")
    assert titles() == set()
    assert titles("[a-z") == set()


@given(words=st.lists(st.text(max_size=8), max_size=4))
def test_any_words_give_a_part_whose_counts_add_up(words: list[str]) -> None:
    part = select(NORMAL, Edition(about="x", words=tuple(words)))
    assert part.figures[0].number == part.articles <= NORMAL.articles


def test_a_part_names_the_late_cases_of_its_units_alone(digest: Digest) -> None:
    assert len(digest.late) == 7
    part = select(digest, Edition(about="Bygg", units=("Samhällsbyggnadsförvaltningen",)))
    assert [case.number for case in part.late] == ["261112-2"]
    assert select(digest, Edition(about="x", words=("skola",))).late == ()


def test_a_part_may_be_chosen_by_topic_or_unit_as_the_letter_names_them(digest: Digest) -> None:
    named = next(story for story in digest.stories if story.topic and story.unit)
    by_topic = select(digest, Edition(about="x", topics=(named.topic.upper(),)))
    assert {story.topic for story in by_topic.stories} == {named.topic}
    by_unit = select(digest, Edition(about="x", units=(named.unit,)))
    assert named in by_unit.stories
    assert {story.unit for story in by_unit.stories} == {named.unit}
    assert by_topic.also == ()
    assert select(digest, Edition(about="x", units=("",), topics=("-",))).also == ()


def test_what_needs_an_answer_in_a_part_is_its_own(digest: Digest) -> None:
    assert digest.needs is not None
    part = select(digest, SCHOOL)
    assert part.needs is not None
    assert {item.story for item in part.needs.items} <= {story.id for story in part.stories}
    nothing = select(digest, Edition(about="x", words=("raket",)))
    assert nothing.needs is not None
    assert nothing.needs.number == 0
    assert select(replace(digest, needs=None), SCHOOL).needs is None


def test_editions_are_told_apart_by_name() -> None:
    names = [Edition(), Edition(short=True), SCHOOL, replace(SCHOOL, short=True)]
    assert [edition.name for edition in names] == ["whole", "short", "about Skola", "short about Skola"]


def test_the_reviewed_mode_waits_for_a_person_until_its_hour() -> None:
    until = NOW + timedelta(minutes=15)
    review = Review(role="pressjour", at=NOW)
    assert gate(now=NOW, until=until, review=None) is Gate.WAIT
    assert gate(now=NOW, until=until, review=review) is Gate.OPEN
    assert gate(now=until, until=until, review=None) is Gate.OPEN
    assert gate(now=NOW, until=None, review=None) is Gate.OPEN


def test_a_part_tells_what_of_it_needs_an_answer(digest: Digest) -> None:
    part = select(digest, SCHOOL)
    assert part.needs is not None
    assert [item.story for item in part.needs.items] == [1]
    assert [item.number for item in part.figures if item.key is FigureKey.NEEDS] == [1]
    assert select(replace(digest, needs=None), SCHOOL).needs is None


def test_a_part_keeps_the_figure_of_the_sources() -> None:
    plain = days.letter(days.stories(), days.sources(), days.history())
    assert [item.key for item in select(plain, SCHOOL).figures][-1] is FigureKey.SOURCES


def test_a_part_is_found_by_the_unit_that_answers(digest: Digest) -> None:
    part = select(digest, Edition(about="Gator", words=("samhällsbyggnadsförvaltning",)))
    assert {item.id for item in part.stories} == {4, 5}
