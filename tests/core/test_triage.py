"""Judging stories: who speaks, weight, own voice, topics, what is one line only, and the order."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from monitor.core.triage import (
    Desk,
    Weights,
    class_of,
    default_topics,
    judge_story,
    level_of,
    own_hosts,
    reach_of,
    read_topics,
    tell_weight,
)
from monitor.core.triage.judging import is_listed
from monitor.models import (
    Access,
    Article,
    Aside,
    Mention,
    Need,
    NeedRule,
    Period,
    PlaceKind,
    Source,
    SourceClass,
    Story,
    Tone,
    WeightKey,
)
from tests.core.articles import START, make_article, make_place

ZONE = ZoneInfo("Europe/Stockholm")
MADE = datetime(2026, 11, 24, 6, 30, tzinfo=ZONE)
PERIOD = Period(start=MADE - timedelta(days=1), end=MADE)
CLASSES = {
    "blad": SourceClass.LOCAL_PAPER,
    "riks": SourceClass.NATIONAL,
    "radio": SourceClass.RADIO,
    "blogg": SourceClass.BLOG,
    "kommun": SourceClass.OWN,
}
SOURCES = {
    url: Source(url=url, source_class=kind) for name, kind in CLASSES.items() if (url := f"https://{name}.example/feed")
}
DESK = Desk(period=PERIOD, made_at=MADE, zone=ZONE, sources=SOURCES, own_hosts=own_hosts(SOURCES))

RELEASE = (
    "Från och med måndag håller biblioteket i Katrineholm öppet till klockan tjugo alla vardagar. Beslutet gäller till "
    "sommaren och omfattar även filialerna i Björkvik och Valla. Låntagarna har länge önskat längre kvällar."
)


def judge(*articles: Article, desk: Desk = DESK, **changes: object) -> Story:
    story = Story(id=1, articles=tuple(sorted(articles, key=lambda article: article.at)))
    return judge_story(replace(story, **changes), desk)  # type: ignore[arg-type]


# --- classes and the article that speaks ---------------------------------------------------------------


def test_reach_comes_from_the_class_unless_feeds_txt_says_otherwise() -> None:
    article = make_article()
    assert (class_of(article, SOURCES), level_of(article, SOURCES), reach_of(article, SOURCES)) == (
        SourceClass.LOCAL_PAPER, 3, 2,
    )  # fmt: skip
    assert reach_of(article, {article.source: replace(SOURCES[article.source], reach=1)}) == 1
    assert class_of(article, {}) is SourceClass.OTHER
    assert reach_of(article, {}) == 1


def test_the_earliest_original_of_the_highest_class_speaks() -> None:
    local, early, late = make_article(), make_article(paper="riks", hours=3), make_article(paper="riks", hours=4)
    assert judge(local, early, late).lead is early


def test_a_copy_does_not_speak_while_there_is_an_original() -> None:
    local, copy = make_article(), make_article(paper="riks", hours=3)
    assert judge(local, copy, copies=frozenset({copy.url})).lead is local
    assert judge(copy, copies=frozenset({copy.url})).lead is copy


def test_what_is_not_locked_speaks_before_what_is_within_two_hours() -> None:
    locked = make_article(access=Access.LOCKED)
    assert judge(locked, free := make_article(paper="radio", hours=2)).lead is free
    assert judge(locked, make_article(paper="radio", hours=2.1)).lead is locked
    assert judge(locked, make_article(paper="radio", hours=1, access=Access.LOCKED)).lead is locked


def test_the_municipality_speaks_only_where_nobody_else_does() -> None:
    own, blog = make_article(paper="kommun"), make_article(paper="blogg", hours=1)
    assert judge(own, blog).lead is blog
    assert judge(own).lead is own
    assert [article.url for article in judge(own, blog).articles] == [blog.url, own.url]


# --- own voice -----------------------------------------------------------------------------------------


def test_own_sources_and_named_hosts_are_the_municipalitys_own_voice() -> None:
    hosts = own_hosts(SOURCES, ["www.bolaget.example", ""])
    assert hosts == {"kommun.example", "bolaget.example"}
    desk = replace(DESK, own_hosts=hosts)
    pressed = make_article(url="https://www.bolaget.example/nytt")
    story = judge(pressed, make_article(paper="kommun"), outside := make_article(paper="radio"), desk=desk)
    assert outside.url not in story.own
    assert len(story.own) == 2


def test_own_voice_adds_neither_reach_nor_sources_and_asks_nothing() -> None:
    own = make_article("Har du en fråga?", "Kommunen har inte svarat på alla frågor i Katrineholm än.", paper="kommun")
    story = judge(own)
    assert story.reach == 1
    assert story.need is None
    assert {part.key: part.found for part in story.weight}[WeightKey.SOURCES] == "1"


def test_an_article_that_reprints_the_municipalitys_release_is_marked_and_not_independent() -> None:
    own = make_article("Längre öppet", RELEASE, paper="kommun")
    printed = make_article("Biblioteket håller öppet längre", RELEASE, hours=2)
    same = make_article("Längre öppet", RELEASE, paper="radio", hours=3)
    other = make_article(
        "Kö till biblioteket", "Många vill låna böcker i Katrineholm, visar vår rundringning.", paper="blogg"
    )
    story = judge(own, printed, same, other)
    assert story.releases == {printed.url, same.url}
    assert {part.key: part.found for part in story.weight}[WeightKey.SOURCES] == "1"


def test_an_article_that_says_it_is_a_press_release_is_marked() -> None:
    said = make_article("Längre öppet", f"{RELEASE}\nDetta är ett pressmeddelande från Katrineholms kommun.")
    assert judge(said).releases == {said.url}


# --- weight --------------------------------------------------------------------------------------------


def parts(story: Story) -> dict[WeightKey, float]:
    return {part.key: round(part.adds, 2) for part in story.weight}


def test_a_weight_is_the_sum_of_the_guide() -> None:
    local, national = make_article(), make_article(paper="riks", hours=1)
    story = judge(local, national, desk=replace(DESK, tones={1: Tone.CRITICAL}))
    assert parts(story) == {
        WeightKey.REACH: 9.0,
        WeightKey.SOURCES: 3.17,
        WeightKey.TONE: 3.0,
        WeightKey.PLACE: 2.0,
        WeightKey.NEW: 2.0,
    }
    assert round(story.total_weight, 2) == 19.17
    assert tell_weight(story.weight) == (
        "reach 3 of 3: +9.0",
        "2 independent sources: +3.2",
        "tone: critical: +3.0",
        "the municipality is named in the headline: +2.0",
        "new today: +2.0",
        "sum: 19.2",
    )


def test_a_copy_is_no_independent_source() -> None:
    first, copy = make_article(), make_article(paper="radio", hours=1)
    assert parts(judge(first, copy, copies=frozenset({copy.url})))[WeightKey.SOURCES] == 2.0


def test_a_name_in_the_lead_counts_less_than_in_the_headline_and_a_namesake_nothing() -> None:
    lead = "En lada i Katrineholm brann."
    low = make_article("Lada brann", lead, lead=lead)
    assert parts(judge(low))[WeightKey.PLACE] == 1.0
    assert WeightKey.PLACE not in parts(judge(make_article("Lada brann", lead)))
    namesake = make_article(place=make_place(kind=PlaceKind.NAMED_AFTER))
    assert WeightKey.PLACE not in parts(judge(namesake))


def test_a_story_from_before_is_not_new_and_may_move_up_to_a_larger_kind_of_source() -> None:
    old = make_article(hours=-24)
    assert WeightKey.NEW not in parts(judge(old))
    assert WeightKey.MOVED_UP not in parts(judge(old, make_article(paper="radio", hours=1)))
    assert parts(judge(old, make_article(paper="riks", hours=1)))[WeightKey.MOVED_UP] == 2.0


@pytest.mark.parametrize(
    ("tone", "adds"), [(Tone.MIXED, 1), (Tone.POSITIVE, 1), (Tone.NEUTRAL, 0), (Tone.NOT_ASSESSED, 0)]
)
def test_tone_adds_what_is_set(tone: Tone, adds: float) -> None:
    assert Weights().of_tone(tone) == adds


# --- topics --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Förskolan stängs efter fuktlarm", "school"),
        ("Hemtjänsten får fler undersköterskor", "elderly"),
        ("Vattenläcka på Djulögatan", "water"),
        ("Storm ger vindbyar: SMHI varnar, prognosen säger regn", "weather"),
        ("Derbyt slutade med seger i förlängningen", "sport"),
        ("Dödsannonser vecka 11", "deaths"),
        ("Visning söndag: bostadsrätt med utgångspris", "property"),
        ("Detaljplanen för Norrböle antagen", "planning"),
    ],
)
def test_a_topic_is_found_by_its_words(title: str, key: str) -> None:
    topic = default_topics().find(make_article(title))
    assert topic is not None
    assert topic.key == key
    assert topic.words


def test_a_text_without_a_topics_words_has_none() -> None:
    assert default_topics().find(make_article("Allt gott i Katrineholm", "Inget hände.")) is None


OWN_TOPICS = """
[[topic]]
key = "harbour"
name = "Hamnen"
unit = "Hamnkontoret"
words = ["kaj", "*båt", "farled*"]

[[topic]]
key = "boats"
name = "Båtar"
words = ["fiskebåt"]
"""


def test_a_home_may_have_topics_of_its_own() -> None:
    topics = read_topics(OWN_TOPICS)
    for title in ("Kajen lagas", "Fiskebåten sjönk", "Farledsavgiften höjs"):
        topic = topics.find(make_article(title))
        assert topic is not None
        assert (topic.key, topic.unit) == ("harbour", "Hamnkontoret")
    assert topics.find(make_article("Segel", "kaj")) is None


def test_a_wrong_topic_file_is_told() -> None:
    with pytest.raises(msgspec.ValidationError, match="wrods"):
        read_topics('[[topic]]\nkey = "a"\nname = "a"\nwrods = []')


# --- what is one line only -----------------------------------------------------------------------------


def aside(article: Article, desk: Desk = DESK) -> Aside | None:
    return judge(article, desk=desk).aside


def test_what_names_the_place_in_passing_or_a_namesake_is_one_line() -> None:
    assert aside(make_article()) is None
    assert aside(make_article(place=make_place(about=False))) is Aside.PASSING
    assert aside(make_article(place=make_place(kind=PlaceKind.NAMED_AFTER))) is Aside.PASSING


def test_sport_results_are_one_line_and_a_muted_topic_says_so() -> None:
    match = make_article("Seger i derbyt i Katrineholm efter förlängning", "Matchen avgjordes sent av målvakten.")
    assert aside(match) is Aside.ROUTINE
    muted = judge(match, desk=replace(DESK, mute=frozenset({"sport"}))).topic
    assert muted is not None
    assert muted.muted


def test_what_weighs_less_than_the_floor_is_one_line() -> None:
    assert aside(make_article(), replace(DESK, weights=Weights(floor=50.0))) is Aside.LIGHT


@pytest.mark.parametrize(
    "line",
    [
        "- Katrineholm: loppis",
        "18.00 Katrineholm, Ängeln",
        "lör 28 november Katrineholm",
        "Eskilstuna, Flen, Gnesta, Katrineholm, Nyköping, Oxelösund",
        "Katrineholm",
    ],
)
def test_a_name_in_a_list_a_table_or_a_calendar_is_listed(line: str) -> None:
    article = make_article("Händer i länet", f"Här är veckans program.\n{line}\nVälkomna!")
    assert is_listed(article)
    assert aside(article) is Aside.LISTED


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Katrineholm får loppis", "- Katrineholm"),
        ("Händer i länet", "I Katrineholm hålls loppis."),
        ("Händer i länet", "- Katrineholm\nDet blir loppis också i Katrineholm på lördag."),
        (
            "Händer i länet",
            "Hos oss, i byn, bland vänner, i Katrineholm, minns man, ännu, mycket av det som hände då på torget",
        ),
    ],
)
def test_a_name_in_a_sentence_or_a_headline_is_not(title: str, text: str) -> None:
    assert not is_listed(make_article(title, text))


def test_without_namings_nothing_is_listed_and_a_name_in_the_lead_is_no_list() -> None:
    assert not is_listed(make_article("Händer", "Program", place=make_place()))
    assert not is_listed(make_article("Händer", "- Katrineholm", lead="Loppis i Katrineholm"))


# --- marks ------------------------------------------------------------------------------------------


def test_a_mark_by_staff_is_a_need_and_lifts_a_story_out_of_the_one_liners() -> None:
    mark = Need(rule=NeedRule.MARKED, role="kommunikatör", due=MADE + timedelta(days=1))
    story = judge(make_article(place=make_place(about=False)), desk=replace(DESK, marks={1: mark}))
    assert story.need is mark
    assert story.aside is None


def test_only_news_of_the_period_from_outside_asks_anything() -> None:
    text = "Vi har sökt kommunen i Katrineholm för en kommentar utan resultat."
    assert judge(make_article(text=text)).need is not None
    assert judge(make_article(text=text, hours=-24)).need is None
    assert judge(make_article(text=text, place=make_place(about=False))).need is None
    assert START < MADE


def test_a_mention_is_a_value() -> None:
    assert make_article("Katrineholm").place.mentions == (
        Mention(start=0, end=11, text="Katrineholm", rule="name", where="title"),
    )
