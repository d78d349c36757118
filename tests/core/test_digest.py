"""The letter as data."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.digest import DayCount, Digest, Limits, belongs, days_of, demote_last, is_blind, is_prominent
from monitor.core.digest.excerpts import excerpt
from monitor.core.digest.figures import chart_of
from monitor.core.digest.health import health_of
from monitor.core.digest.items import _unread
from monitor.core.digest.usual import compare, usual_of
from monitor.core.digest.values import (
    AlsoReason,
    Comparison,
    FaultKind,
    FigureKey,
    Gap,
    LeftOut,
    Relation,
    Unread,
)
from monitor.core.sentences import sentences
from monitor.core.triage.quoting import QUOTE_LIMIT, SUMMARY_LIMIT, summarise
from monitor.models import (
    Access,
    Article,
    Aside,
    Mention,
    Need,
    NeedRule,
    Outcome,
    Period,
    PlaceKind,
    PollOutcome,
    Rhythm,
    Source,
    SourceState,
    Story,
    Tone,
    Topic,
    WeightKey,
    WeightPart,
)
from monitor.models.common import Part
from tests.core.articles import make_article
from tests.golden.digest.days import (
    DAYS,
    PERIOD,
    STOCKHOLM,
    article,
    busy_day,
    clock,
    feed_of,
    history,
    letter,
    normal_day,
    place_in,
    sources,
    state,
    stories,
)

NOON = clock(23, "12.00")


def story(number: int, *articles: Article, copies: Sequence[str] = ()) -> Story:
    return Story(id=number, articles=articles, copies=frozenset(copies))


def digest_of(*the_stories: Story, states: Sequence[SourceState] | None = None, limits: Limits | None = None) -> Digest:
    return letter(the_stories, sources() if states is None else states, history(), limits=limits)


def order(digest: Digest) -> list[int]:
    return [item.id for item in digest.stories]


def words(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


def hits(parts: Sequence[Part]) -> list[str]:
    return [part.text for part in parts if part.hit]


def figure(digest: Digest, key: FigureKey) -> tuple[int, Comparison | None]:
    found = next(figure for figure in digest.figures if figure.key is key)
    return found.number, found.comparison


# --- figures add up ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DAYS)
def test_the_articles_of_stories_and_lines_are_the_article_figure(name: str) -> None:
    digest = DAYS[name]()
    assert digest.articles == figure(digest, FigureKey.ARTICLES)[0]
    assert len(digest.stories) + len(digest.also) == figure(digest, FigureKey.STORIES)[0]
    covered = [bar for bar in digest.chart.bars if bar.covered]
    if covered:
        assert sum(bar.articles or 0 for bar in covered) == digest.articles
        assert sum(bar.prominent for bar in covered) == figure(digest, FigureKey.PROMINENT)[0]
    health = digest.health
    missing = [fault for fault in health.faults if fault.kind is not FaultKind.SILENT]
    assert health.fetched + len(missing) == health.total


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-40, 30), st.booleans(), st.booleans()), min_size=1, max_size=8), max_size=20
    ),
    st.randoms(use_true_random=False),
)
def test_any_stories_add_up_in_whatever_order_they_come(
    plan: list[list[tuple[int, bool, bool]]], shuffle: random.Random
) -> None:
    made = [
        story(
            number,
            *(
                article(
                    f"Källa {position % 5}", PERIOD.start + timedelta(hours=hours),
                    "Katrineholm växer" if title else "Nytt", "", "Det händer i Katrineholm.",
                    slug=f"{number}-{position}", about=about,
                )
                for position, (hours, about, title) in enumerate(articles)
            ),
        )
        for number, articles in enumerate(plan, start=1)
    ]  # fmt: skip
    digest = letter(made, sources(), history(), limits=Limits(stories=5))
    expected = sum(belongs(item, PERIOD) for one in made for item in one.articles)
    assert digest.articles == figure(digest, FigureKey.ARTICLES)[0] == expected
    assert len(digest.stories) <= 5
    assert sum(bar.articles or 0 for bar in digest.chart.bars if bar.covered) == expected
    for item in digest.stories:
        assert item.articles == 1 + len(item.others) + item.hidden
    shuffle.shuffle(made)
    assert letter(made, sources(), history(), limits=Limits(stories=5)) == digest


def test_the_same_input_gives_the_same_digest() -> None:
    assert normal_day() == normal_day()


def test_moving_the_lowest_story_keeps_every_figure() -> None:
    digest = busy_day()
    moved = demote_last(digest)
    assert moved.articles == digest.articles
    assert moved.figures == digest.figures
    assert moved.also[0].id == digest.stories[-1].id
    assert moved.also[0].reason is AlsoReason.ROOM


# --- what is news --------------------------------------------------------------------------------------


def test_a_story_counts_its_articles_of_the_period_and_tells_of_earlier_ones() -> None:
    old = article("Djulöposten", clock(22, "12.00"), "I går", "", "Katrineholm i går.")
    new = article("Viren Direkt", clock(23, "12.00"), "I dag", "", "Katrineholm i dag.")
    newest = article("Radio Näsnaren", clock(23, "13.00"), "Senare", "", "Katrineholm senare.")
    digest = digest_of(story(1, old, newest, new), story(2, replace(old, url="https://x.example/")))
    assert order(digest) == [1]
    [item] = digest.stories
    assert (item.articles, item.earlier, item.lead.title) == (2, 1, "Senare")


def test_a_copy_does_not_speak_for_a_story_whose_lead_is_old() -> None:
    old = article("Djulöposten", clock(22, "12.00"), "I går", "", "Katrineholm i går.")
    copy = article("Viren Direkt", clock(23, "08.00"), "Kopia", "", "Katrineholm i går.")
    own = article("Radio Näsnaren", clock(23, "13.00"), "Nytt", "", "Katrineholm i dag.")
    [item] = digest_of(story(1, old, copy, own, copies=[copy.url])).stories
    assert item.lead.title == "Nytt"
    assert [other.relation for other in item.others] == [Relation.COPY]


def test_what_was_published_before_the_period_and_found_in_it_is_news_once() -> None:
    late = article("Djulöposten", clock(23, "06.20"), "Sent funnen", "", "Katrineholm.", seen_at=clock(23, "06.40"))
    assert belongs(late, PERIOD)
    assert not belongs(late, PERIOD, {late.url})
    assert not belongs(replace(late, baseline=True), PERIOD)
    assert not belongs(replace(late, seen_at=clock(23, "06.25")), PERIOD)
    assert not belongs(replace(late, published=clock(20, "06.20")), PERIOD)
    assert not belongs(replace(late, published=PERIOD.end, seen_at=PERIOD.end), PERIOD)
    digest = digest_of(story(1, late))
    assert [bar.articles for bar in digest.chart.bars if bar.covered] == [1]


# --- order ---------------------------------------------------------------------------------------------


def test_stories_stand_in_the_order_that_can_be_told() -> None:
    text = "Det gäller Katrineholm."
    passing = [article(name, NOON, f"I förbigående {name}", "", text, about=False) for name in ("A", "B", "C", "D")]
    copies = [article(name, NOON, f"Kopia {name}", "", text) for name in ("A", "B", "C")]
    pair = [article(name, NOON, f"Egen {name}", "", text) for name in ("A", "B")]
    headline = article("A", NOON, "Katrineholm bygger", "", text)
    newer = article("A", clock(23, "15.00"), "Nyare", "", text)
    older = article("A", clock(23, "11.00"), "Äldre", "", text)
    twin = replace(older, url="https://a.example/twin")
    digest = digest_of(
        story(1, *passing),
        story(2, *copies, copies=[item.url for item in copies[1:]]),
        story(3, older),
        story(4, twin),
        story(5, newer),
        story(6, headline),
        story(7, *pair),
    )
    assert order(digest) == [7, 6, 5, 2, 3, 4]
    assert [(item.id, item.reason) for item in digest.also] == [(1, AlsoReason.PASSING)]


def test_equal_stories_stand_in_the_same_order_whichever_was_found_first() -> None:
    equal = [article(name, NOON, f"Katrineholm {name}", "", "Det gäller Katrineholm.") for name in ("A", "B", "C")]
    one = digest_of(*(story(number, item) for number, item in enumerate(equal, 1)))
    other = digest_of(*(story(number, item) for number, item in enumerate(reversed(equal), 1)))
    assert [item.lead.url for item in one.stories] == [item.lead.url for item in other.stories]
    assert order(one) != order(other)


def test_more_stories_than_the_letter_holds_are_lines_before_those_in_passing() -> None:
    digest = letter(stories(), sources(), history(), limits=Limits(stories=7))
    assert order(digest) == [1, 2, 3, 6, 7, 9, 8]
    assert [item.reason for item in digest.also] == [
        AlsoReason.ROOM, AlsoReason.ROOM, AlsoReason.PASSING, AlsoReason.NAMED_AFTER, AlsoReason.PASSING,
        AlsoReason.PASSING,
    ]  # fmt: skip


def test_a_story_with_many_articles_lists_four_and_counts_the_rest() -> None:
    flood = [
        article(f"Källa {number}", NOON + timedelta(minutes=number), f"Brand {number}", "", "Katrineholm brinner.")
        for number in range(6)
    ]
    six = digest_of(story(1, *flood)).stories[0]
    assert (len(six.others), six.hidden) == (5, 0)
    more = article("Källa 9", clock(23, "20.00"), "Brand 9", "", "Katrineholm.")
    seven = digest_of(story(1, *flood, more)).stories[0]
    assert (len(seven.others), seven.hidden) == (4, 2)


def test_what_dominates_has_three_articles_a_fifth_of_all_and_more_than_any_other() -> None:
    def top(*sizes: int) -> tuple[str, bool]:
        made = [
            story(number, *(
                article(f"Källa {position}", NOON, f"Nyhet {number}", "", "Katrineholm.", slug=f"{number}-{position}")
                for position in range(size)
            ))
            for number, size in enumerate(sizes, start=1)
        ]  # fmt: skip
        found = digest_of(*made).top
        assert found is not None
        return found.title, found.dominates

    assert top(3, 2) == ("Nyhet 1", True)
    assert top(2, 1) == ("Nyhet 1", False)
    assert top(3, 3) == ("Nyhet 1", False)
    assert top(3, *(1 for _ in range(13))) == ("Nyhet 1", False)
    assert digest_of().top is None


# --- citations -----------------------------------------------------------------------------------------


def test_an_article_is_cited_with_what_a_reader_must_know_of_it() -> None:
    one = article(
        "Djulöposten", None, "Titel " * 60, "", "Katrineholm.", access=Access.LOCKED, revised_at=clock(23, "21.40"),
        seen_at=NOON,
    )  # fmt: skip
    lead = digest_of(story(1, one)).stories[0].lead
    assert (lead.source, lead.at, lead.dated, lead.locked) == ("Djulöposten", NOON, False, True)
    assert len(lead.title) <= 200
    assert lead.reason == "the name stands in the text"


def test_a_source_that_left_feeds_txt_is_named_by_its_host() -> None:
    one = article("Okänd källa", NOON, "Titel", "", "Katrineholm.")
    assert digest_of(story(1, one)).stories[0].lead.source == "okandkalla.example"


def test_what_a_mailbox_led_to_is_named_by_its_site_and_a_mail_by_its_mailbox() -> None:
    box = Source(url="imaps://bevakning@mejl.example/INBOX", name="Inkorgen", kind="inbox")
    found = replace(article("A", NOON, "Titel", "", "Katrineholm."), source=box.url, url="https://www.bladet.example/1")
    for one, name in ((found, "bladet.example via Inkorgen"), (replace(found, url=""), "Inkorgen")):
        assert digest_of(story(1, one), states=[SourceState(source=box)]).stories[0].lead.source == name


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("the site wants payment (HTTP 402)", Unread.LOCKED),
        ("the site refuses us (HTTP 403)", Unread.REFUSED),
        ("the address is refused: 10.0.0.1", Unread.REFUSED),
        ("robots.txt forbids us to read it", Unread.ROBOTS),
        ("robots.txt could not be had: HTTP 503", Unread.NO_ANSWER),
        ("the site did not answer in time", Unread.NO_ANSWER),
        ("the site could not be reached", Unread.NO_ANSWER),
        ("the site answered with an error (HTTP 500)", Unread.NO_ANSWER),
        ("the page is gone (HTTP 410)", Unread.GONE),
        ("the text of the page does not name the municipality", Unread.NOT_NAMED),
        ("the address holds application/pdf, not a web page", Unread.OTHER),
    ],
)
def test_why_only_the_feed_was_read_is_told_in_kinds(note: str, expected: Unread) -> None:
    one = article("A", NOON, "Katrineholm", from_feed=True, outcome=Outcome.PARTIAL, note=note)
    two = article("B", NOON, "Katrineholm", from_feed=True, outcome=Outcome.PARTIAL, note=note)
    item = digest_of(story(1, one, two)).stories[0]
    assert item.lead.unread is expected
    assert item.others[0].relation is Relation.UNKNOWN


def test_a_locked_article_without_a_known_reason_was_not_read_because_it_is_locked() -> None:
    one = article("A", NOON, "Katrineholm", from_feed=True, access=Access.LOCKED, note="")
    assert digest_of(story(1, one)).stories[0].lead.unread is Unread.LOCKED


def test_a_page_read_in_part_says_so_and_a_whole_one_says_nothing() -> None:
    whole = article("A", NOON, "Hel", "", "Katrineholm.")
    part = replace(whole, outcome=Outcome.PARTIAL, note="only the title was found")
    assert digest_of(story(1, part)).stories[0].lead.unread is Unread.PARTIAL
    assert digest_of(story(1, whole)).stories[0].lead.unread is None


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (article("A", NOON, "Katrineholm växer"), True),
        (article("A", NOON, "Växer", "Katrineholm växer.", "Mer text."), True),
        (article("A", NOON, "Växer", "Staden växer.", "Katrineholm."), False),
        (article("A", NOON, "Växer", "", "Katrineholm växer.\nMer."), True),
        (article("A", NOON, "Växer", "", "Mer.\nKatrineholm växer."), False),
        (article("A", NOON, "Växer", "", "Katrineholm växer."), True),
        (article("A", NOON, "Släkten Katrineholm", kind=PlaceKind.NAMED_AFTER), False),
    ],
)
def test_prominent_is_the_name_in_headline_or_lead(one: Article, expected: bool) -> None:
    assert is_prominent(one) is expected


# --- excerpts ------------------------------------------------------------------------------------------


def excerpt_of(title: str, lead: str, text: str) -> tuple[str, str, list[str]]:
    summary, quote = excerpt(article("A", NOON, title, lead, text))
    return words(summary), words(quote), hits(quote) or hits(summary)


def test_the_quote_is_the_whole_sentence_that_names_the_municipality_most_fully() -> None:
    summary, quote, marked = excerpt_of(
        "Nytt bad",
        "Ett nytt bad ska byggas.",
        "Badet i Katrineholm är 40 år. Nu river Katrineholms kommun, enl. beslut kl. 14, badet. Det tar ett år.",
    )
    assert summary == "Ett nytt bad ska byggas."
    assert quote == "Nu river Katrineholms kommun, enl. beslut kl. 14, badet."
    assert marked == ["Katrineholms kommun"]


def test_a_naming_that_stands_in_the_summary_is_marked_there_and_not_quoted_again() -> None:
    summary, quote, marked = excerpt_of("Nytt bad", "Katrineholm får ett nytt bad.", "Det byggs nästa år.")
    assert (summary, quote, marked) == ("Katrineholm får ett nytt bad.", "", ["Katrineholm"])


def test_a_naming_in_the_headline_only_leaves_nothing_to_quote() -> None:
    assert excerpt_of("Katrineholm bygger", "", "Ett bad byggs.") == ("Ett bad byggs.", "", [])
    assert excerpt_of("Katrineholm bygger", "", "") == ("", "", [])
    assert excerpt_of("Katrineholm bygger ett bad", "Bad.", "Katrineholm bygger ett bad") == ("Bad.", "", [])


def test_an_article_without_any_naming_left_is_summarised_without_marks() -> None:
    bare = article("A", NOON, "Nytt", "Ingress.", "Text.")
    assert excerpt(bare) == ((Part("Ingress."),), ())


def test_what_headline_and_summary_say_between_them_is_not_quoted() -> None:
    summary, quote, marked = excerpt_of("God morgon.", "", "God morgon. #Katrineholm #frost")
    assert (summary, quote, marked) == ("#Katrineholm #frost", "", ["Katrineholm"])
    cut = excerpt_of("Nu är det mörkt…", "", "Nu är det mörkt igen i Katrineholm.")
    assert cut == ("… igen i Katrineholm.", "", ["Katrineholm"])


def test_every_naming_in_the_quote_is_marked() -> None:
    _, quote, marked = excerpt_of("Tåg", "Ett tåg.", "Mellan Katrineholm och Flen går tåg, säger Katrineholms kommun.")
    assert quote == "Mellan Katrineholm och Flen går tåg, säger Katrineholms kommun."
    assert marked == ["Katrineholm", "Katrineholms kommun"]


def test_a_dash_that_opens_speech_is_left_out() -> None:
    _, quote, _ = excerpt_of("Bad", "Ett bad.", "– Vi i Katrineholm vill bada, säger en boende.")
    assert quote == "Vi i Katrineholm vill bada, säger en boende."


def test_speech_of_two_sentences_is_quoted_whole() -> None:
    before = "En sak till. ”Det är sent. Men Katrineholm borde bygga”, säger en boende. Sedan gick hon."
    assert excerpt_of("Bad", "Ett bad.", before)[1] == "”Det är sent. Men Katrineholm borde bygga”, säger en boende."
    after = "Sedan. Hon sa: ”Katrineholm borde bygga. Det är sent.”"
    assert excerpt_of("Bad", "Ett bad.", after)[1] == "Hon sa: ”Katrineholm borde bygga. Det är sent.”"
    broken = "”Katrineholm borde bygga. Det är sent."
    assert excerpt_of("Bad", "Ett bad.", broken)[1] == "”Katrineholm borde bygga."


def test_a_long_sentence_is_cut_between_words_on_both_sides_of_the_naming() -> None:
    filler = "och så vidare " * 40
    _, quote, marked = excerpt_of("Bad", "Ett bad.", f"{filler}Katrineholm {filler}")
    assert quote.startswith("…vidare")
    assert quote.endswith("…")
    assert len(quote) <= QUOTE_LIMIT
    assert marked == ["Katrineholm"]
    _, quote, _ = excerpt_of("Bad", "Ett bad.", f"I Katrineholm {filler}")
    assert quote.startswith("I Katrineholm och")
    _, quote, _ = excerpt_of("Bad", "Ett bad.", f"{filler}Katrineholm")
    assert quote.endswith("Katrineholm")


def test_a_word_without_end_is_cut_inside() -> None:
    word = "x" * 2_000
    _, quote, marked = excerpt_of("Bad", "Ett bad.", f"{word}-Katrineholm-{word}")
    assert len(quote) <= QUOTE_LIMIT
    assert marked == ["Katrineholm"]


def test_namings_whose_positions_do_not_hold_are_passed_over() -> None:
    one = article("A", NOON, "Nytt", "Ingress.", "Kort text om Katrineholm.")
    wrong = (
        Mention(start=5, end=5, text="", rule="name"),
        Mention(start=-3, end=4, text="x", rule="name"),
        Mention(start=0, end=9_999, text="x", rule="name"),
    )
    summary, quote = excerpt(replace(one, place=replace(one.place, mentions=wrong)))
    assert (words(summary), quote) == ("Ingress.", ())


def test_a_naming_over_the_end_of_a_sentence_is_still_marked() -> None:
    text = "Hon bor i S. Katrineholm numera."
    start = text.index("i S. Kat")
    one = article("A", NOON, "Nytt", "Ingress.", text)
    mention = Mention(start=0, end=text.index(" numera"), text=text[:-8], rule="name")
    spanning = replace(one, text=text, place=replace(one.place, mentions=(mention,)))
    _, quote = excerpt(spanning)
    assert start > 0
    assert hits(quote) == ["Hon bor i S. Katrineholm"]
    overlapping = (mention, Mention(start=4, end=7, text="bor", rule="name"))
    _, quote = excerpt(replace(spanning, place=replace(one.place, mentions=overlapping)))
    assert hits(quote) == ["Hon bor i S. Katrineholm"]


def test_the_summary_is_whole_sentences_of_the_articles_own_lead() -> None:
    first = "Den första meningen handlar om vattnet i Valla, som var brunt på måndagen."
    long = " ".join([first] * 6)
    assert summarise(article("A", NOON, "Vatten", long)) == " ".join([first] * 4)
    endless = summarise(article("A", NOON, "Vatten", "ord " * 200))
    assert endless.endswith("…")
    assert len(endless) <= SUMMARY_LIMIT
    assert summarise(article("A", NOON, "Vatten", "", "Texten börjar. Den fortsätter.")).startswith("Texten börjar.")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("En. Två! Tre? Fyra… Fem", ["En.", "Två!", "Tre?", "Fyra…", "Fem"]),
        ("Det kostar t.ex. 14,5 milj. kr i år. Sedan mer.", ["Det kostar t.ex. 14,5 milj. kr i år.", "Sedan mer."]),
        ("Kl. 14 kom A. Andersson, bl.a. Han gick.", ["Kl. 14 kom A. Andersson, bl.a. Han gick."]),
        ("”Nej.” Sedan gick hon. – Ja, sa han.", ["”Nej.”", "Sedan gick hon.", "– Ja, sa han."]),
        ("Slut. ", ["Slut. "]),
        ("", []),
        ("   ", []),
    ],
)
def test_sentences_end_where_a_reader_would_say_so(line: str, expected: list[str]) -> None:
    assert [line[start:end] for start, end in sentences(line)] == expected


@given(
    st.text(alphabet="aå .!?…”–\nK", max_size=400),
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30)), max_size=4),
)
@example(text=" ", spots=[(0, 1)])
def test_whatever_the_text_the_quote_is_short_and_the_articles_own(text: str, spots: list[tuple[int, int]]) -> None:
    mentions = tuple(
        Mention(start=start, end=start + size, text=text[start : start + size], rule="name") for start, size in spots
    )
    one = article("A", NOON, "Rubrik", "Ingress.")
    one = replace(one, text=text, place=replace(one.place, mentions=mentions))
    summary, quote = excerpt(one)
    assert len(words(summary)) <= SUMMARY_LIMIT
    assert len(words(quote)) <= QUOTE_LIMIT
    if quote:
        own = [part.text for part in quote if part.hit or part.text != "…"]
        assert hits(quote)
        assert "".join(own) in text


def test_hostile_text_costs_no_more_than_other_text() -> None:
    for text in ("." * 200_000, "x" * 200_000 + " Katrineholm", "Katrineholm. " * 15_000, "a." * 100_000):
        one = article("A", NOON, "Rubrik", "", text)
        began = datetime.now(UTC)
        excerpt(one)
        assert datetime.now(UTC) - began < timedelta(seconds=2)


# --- what is usual -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "usual", "expected"),
    [
        (17, 11.0, Comparison.MORE),
        (16, 11.0, Comparison.USUAL),
        (5, 11.0, Comparison.LESS),
        (6, 11.0, Comparison.USUAL),
        (4, 2.0, Comparison.USUAL),
        (5, 2.0, Comparison.MORE),
        (0, 2.0, Comparison.USUAL),
        (0, 3.0, Comparison.LESS),
        (9, None, Comparison.NONE_YET),
    ],
)
def test_more_and_less_take_half_as_much_and_three(number: int, usual: float | None, expected: Comparison) -> None:
    assert compare(number, usual, incomplete=False) is expected
    assert compare(number, usual, incomplete=True) is Comparison.SOURCES_MISSING


def counts(values: Sequence[int], first: date, step: int = 7) -> list[DayCount]:
    return [
        DayCount(day=first + timedelta(days=step * number), articles=value, stories=value)
        for number, value in enumerate(values)
    ]


def test_usual_is_the_middle_of_the_same_weekday_with_at_least_four_values() -> None:
    days = days_of(PERIOD, STOCKHOLM)
    mondays = counts([1, 2, 3, 100], date(2026, 10, 26))
    assert usual_of(days, mondays).articles == 2.5
    assert usual_of(days, mondays[1:]).articles is None
    assert usual_of(days, [*mondays, *counts([900], date(2026, 11, 22))]).articles == 2.5
    assert usual_of(days, [*mondays, *counts([900], date(2026, 9, 21))]).articles == 2.5
    assert usual_of(days, mondays, holidays={date(2026, 11, 2)}).articles is None
    assert usual_of(days, [replace(mondays[0], complete=False), *mondays[1:]]).articles is None
    assert usual_of(days, [replace(mondays[0], stories=None), *mondays[1:]]).stories is None


def test_a_weekend_letter_is_compared_with_whole_weekends() -> None:
    period = Period(start=clock(20, "06.30"), end=clock(23, "06.30"))
    digest = letter(stories(), sources(), history(period=period), period=period)
    assert [day.isoformat() for day in digest.chart.days] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert digest.chart.usual_articles == 23.0
    assert sum(bar.covered for bar in digest.chart.bars) == 3


def test_a_period_that_is_no_whole_days_is_compared_with_nothing() -> None:
    half = Period(start=clock(23, "18.30"), end=clock(24, "06.30"))
    short = Period(start=clock(24, "06.00"), end=clock(24, "06.30"))
    for period in (half, short):
        digest = letter(stories(), sources(), history(period=period), period=period)
        assert figure(digest, FigureKey.ARTICLES)[1] is Comparison.NONE_YET
        assert sum(bar.articles or 0 for bar in digest.chart.bars if bar.covered) == digest.articles


def test_a_period_of_years_has_an_end_of_days() -> None:
    long = Period(start=datetime(2020, 1, 1, tzinfo=UTC), end=PERIOD.end)
    days = days_of(long, STOCKHOLM)
    assert len(days.covered) == 366
    assert not days.whole
    digest = letter([story(1, article("A", datetime(2021, 1, 1, tzinfo=UTC), "Katrineholm"))], sources(), [],
                    period=long)  # fmt: skip
    assert digest.articles == 1


@given(
    st.datetimes(datetime(2026, 10, 20), datetime(2027, 4, 5), timezones=st.just(UTC)),
    st.integers(1, 4),
)
def test_days_follow_each_other_without_gap_also_when_clocks_are_turned(end: datetime, length: int) -> None:
    wall = end.astimezone(STOCKHOLM).replace(tzinfo=None) - timedelta(days=length)
    period = Period(start=wall.replace(tzinfo=STOCKHOLM).astimezone(UTC), end=end)
    days = days_of(period, STOCKHOLM)
    assert days.whole
    assert len(days.covered) == length
    everything = [*days.before, *days.covered]
    assert everything[-1].period.end == end
    for day, following in pairwise(everything):
        assert day.period.end == following.period.start
        assert following.date - day.date == timedelta(days=1)


def test_bars_need_three_days_of_history_and_show_days_without_watching_as_such() -> None:
    days = days_of(PERIOD, STOCKHOLM)
    known = [*counts([4, 5], date(2026, 11, 18), 1)]
    usual = usual_of(days, known)
    assert chart_of([], known, days, usual, complete=True).bars == ()
    known += counts([6], date(2026, 11, 21))
    bars = chart_of([], known, days, usual, complete=True).bars
    assert [bar.articles for bar in bars][-7:] == [None, 4, 5, None, 6, None, 0]


# --- whether it is whole -------------------------------------------------------------------------------


def gaps(states: Sequence[SourceState], *the_stories: Story) -> tuple[Gap, ...]:
    return digest_of(*the_stories, states=states).gaps


def test_an_important_source_missing_the_whole_period_makes_the_letter_incomplete() -> None:
    many = sources(40)
    hit = story(1, article("A", NOON, "Katrineholm"))
    lost = state("Viktig", PollOutcome.TRANSIENT, last_ok=clock(23, "06.10"), important=True)
    assert gaps([*many, lost], hit) == (Gap.IMPORTANT,)
    assert gaps([*many, replace(lost, last_ok=None)], hit) == (Gap.IMPORTANT,)
    assert gaps([*many, replace(lost, last_ok=clock(23, "21.10"))], hit) == ()
    assert gaps([*many, state("Annan", PollOutcome.TRANSIENT, last_ok=None)], hit) == ()


def test_more_than_a_tenth_missing_makes_the_letter_incomplete() -> None:
    hit = story(1, article("A", NOON, "Katrineholm"))
    down = [state(f"Nere {number}", PollOutcome.BLOCKED) for number in range(3)]
    assert gaps([*sources(18), *down[:2]], hit) == ()
    assert gaps([*sources(17), *down[:2]], hit) == (Gap.MANY,)


def test_nothing_fetched_for_six_hours_makes_the_letter_incomplete() -> None:
    hit = story(1, article("A", NOON, "Katrineholm"))
    old = [replace(state("A"), last_ok=PERIOD.end - timedelta(hours=6, minutes=1))]
    assert gaps(old, hit) == (Gap.STALE,)
    assert gaps([replace(old[0], last_ok=PERIOD.end - timedelta(hours=6))], hit) == ()
    assert gaps([], hit) == (Gap.STALE,)


def test_nothing_found_while_a_source_is_missing_is_no_empty_day() -> None:
    assert gaps([*sources(40), state("Nere", PollOutcome.GONE)]) == (Gap.EMPTY,)
    assert gaps(sources(40)) == ()


def test_an_incomplete_letter_says_at_least_and_compares_nothing() -> None:
    digest = DAYS["degraded"]()
    assert all(item.at_least for item in digest.figures)
    compared = [item for item in digest.figures if item.key is not FigureKey.NEEDS]
    assert all(item.comparison is Comparison.SOURCES_MISSING for item in compared)
    assert not digest.chart.bars[-1].complete
    assert digest.incomplete


def test_faults_tell_what_is_wrong_and_where_to_look_important_ones_first() -> None:
    states = [
        state("Tom", PollOutcome.EMPTY),
        state("Spärrad", PollOutcome.BLOCKED, status=403),
        SourceState(source=Source(url="@nagon@mastodon.example", name="", kind="mastodon")),
        state("Viktig", PollOutcome.UNREADABLE, important=True),
        state("Hel"),
    ]
    health = digest_of(states=states).health
    assert [(fault.source, fault.kind, fault.site) for fault in health.faults] == [
        ("Viktig", FaultKind.UNREADABLE, "https://viktig.example/"),
        ("Spärrad", FaultKind.BLOCKED, "https://sparrad.example/"),
        ("@nagon@mastodon.example", FaultKind.NEVER, ""),
        ("Tom", FaultKind.SILENT, "https://tom.example/"),
    ]
    assert (health.fetched, health.total, health.hidden) == (2, 5, 0)
    few = digest_of(states=states, limits=Limits(faults=1)).health
    assert (len(few.faults), few.hidden) == (1, 3)


def test_a_name_found_in_one_article_of_a_story_makes_the_story_one_about_the_municipality() -> None:
    passing = article("A", NOON, "Lista", "", "Flen, Katrineholm.", about=False)
    about = article("B", NOON, "Bad", "", "Katrineholm bygger.")
    namesake = article("C", NOON, "Släkten", place=place_in("Släkten Katrineholm", "", kind=PlaceKind.NAMED_AFTER))
    assert order(digest_of(story(1, passing, about))) == [1]
    assert digest_of(story(1, passing, namesake)).also[0].reason is AlsoReason.PASSING
    assert digest_of(story(1, namesake)).also[0].reason is AlsoReason.NAMED_AFTER


def test_a_name_alone_is_no_quote() -> None:
    one = article("A", NOON, "Nytt", "", "KATRINEHOLM. Bron i Katrineholm stängs i dag och öppnas igen på fredag.")
    named = replace(one, place=place_in("Nytt", one.text, ("KATRINEHOLM", "Katrineholm")), lead="En bro stängs.")
    assert hits(excerpt(named)[1]) == ["Katrineholm"]


def test_a_sentence_with_a_private_persons_name_is_quoted_only_when_there_is_no_other() -> None:
    text = "Katrineholms kommun svek oss, säger Karin Testsson. Så gick det till i Katrineholm den kvällen."
    one = article("A", NOON, "Nytt", "", text)
    assert "Testsson" not in words(excerpt(replace(one, lead="Kort."))[1])


# --- weighed stories -----------------------------------------------------------------------------------


def weighed_digest(*the_stories: Story, **more: Any) -> Digest:
    return letter(the_stories, sources(), history(), judged=True, **more)


def simple(number: int, name: str = "Djulöposten", **changes: Any) -> Story:
    one = article(name, NOON, f"Nyhet {number}", "", "Det gäller Katrineholm.", slug=f"s{number}")
    return Story(id=number, articles=(one,), **changes)


def need_by(due: datetime, rule: NeedRule = NeedRule.QUESTION) -> Need:
    return Need(rule=rule, due=due)


def weight(adds: float) -> tuple[WeightPart, ...]:
    return (WeightPart(key=WeightKey.REACH, found="1", adds=adds),)


def test_what_needs_an_answer_comes_first_by_due_time_then_weight() -> None:
    digest = weighed_digest(
        simple(1, weight=weight(9)),
        simple(2, weight=weight(3), need=need_by(clock(30, "16.00"))),
        simple(3, weight=weight(3), need=need_by(clock(24, "12.00"), NeedRule.SOUGHT)),
        simple(4, weight=weight(12)),
        simple(5, weight=weight(20), aside=Aside.LIGHT),
    )
    assert order(digest) == [3, 2, 4, 1]
    assert [(item.id, item.reason) for item in digest.also] == [(5, AlsoReason.LIGHT)]
    assert digest.needs is not None
    assert [item.story for item in digest.needs.items] == [3, 2]
    needs = next(item for item in digest.figures if item.key is FigureKey.NEEDS)
    assert (needs.number, needs.today) == (2, 1)


def test_what_needs_an_answer_is_told_in_full_even_if_it_names_in_passing() -> None:
    digest = weighed_digest(simple(1, aside=Aside.PASSING, need=need_by(clock(24, "12.00"))))
    assert order(digest) == [1]


def test_the_box_holds_three_and_counts_the_rest() -> None:
    many = [simple(number, need=need_by(clock(24, "12.00"))) for number in range(1, 6)]
    digest = weighed_digest(*many, limits=Limits(stories=2))
    assert digest.needs is not None
    assert (len(digest.needs.items), digest.needs.hidden, digest.needs.number) == (3, 2, 5)
    moved = demote_last(digest)
    assert moved.also[0].need is not None
    assert moved.needs == digest.needs


def test_what_is_to_be_answered_is_the_article_that_asks() -> None:
    lead = article("Djulöposten", NOON, "Bron stängs", "", "Katrineholm stänger bron.")
    asks = article("Viren Direkt", clock(23, "13.00"), "Ingen svarar om bron", "", "Katrineholm har inte gått att nå.")
    for url, title in ((asks.url, "Ingen svarar om bron"), ("https://elsewhere.example/", "Bron stängs")):
        need = replace(need_by(clock(24, "12.00"), NeedRule.SOUGHT), url=url)
        digest = weighed_digest(Story(id=1, articles=(lead, asks), need=need))
        assert digest.needs is not None
        assert [item.title for item in digest.needs.items] == [title]
    line = weighed_digest(Story(id=1, articles=(lead, asks), need=need), limits=Limits(stories=0)).needs
    assert line is not None
    assert [item.source for item in line.items] == ["Djulöposten"]


def test_without_a_judgement_nothing_is_said_of_answers() -> None:
    digest = normal_day()
    assert digest.needs is not None
    plain = letter(stories(), sources(), history())
    assert plain.needs is None
    assert [item.key for item in plain.figures][-1] is FigureKey.SOURCES


def test_the_municipalitys_own_voice_is_shown_and_not_counted() -> None:
    outside = article("Djulöposten", NOON, "Bron stängs", "", "Katrineholm stänger bron.")
    release = article("Viren Direkt", NOON, "Bro stängs", "", "Katrineholm stänger en bro.")
    own = article("Kommunens webb", clock(23, "09.00"), "Vi stänger bron", "", "Katrineholm.")
    older = article("Kommunens webb", clock(22, "09.00"), "Vi planerar", "", "Katrineholm.")
    mixed = Story(
        id=1,
        articles=(outside, release, own, older),
        own=frozenset({own.url, older.url}),
        releases=frozenset({release.url}),
    )
    alone = replace(mixed, id=2, articles=(own,), releases=frozenset())
    digest = weighed_digest(mixed, alone)
    [item] = digest.stories
    assert (item.articles, item.sources, item.earlier) == (2, 2, 0)
    assert [citation.title for citation in item.own] == ["Vi stänger bron"]
    assert [other.relation for other in item.others] == [Relation.RELEASE]
    assert item.others[0].citation.release
    assert digest.articles == 2
    assert digest.left_out == LeftOut(own=1)


def test_a_muted_topic_is_left_out_and_told() -> None:
    sport = Topic(key="sport", name="Sport", aside=True, muted=True)
    digest = weighed_digest(
        simple(1, topic=sport), simple(2, topic=replace(sport, muted=False), aside=Aside.ROUTINE),
        simple(3, topic=sport, need=need_by(clock(24, "12.00"))),
    )  # fmt: skip
    assert order(digest) == [3]
    assert [(item.id, item.reason) for item in digest.also] == [(2, AlsoReason.ROUTINE)]
    assert digest.left_out == LeftOut(muted=1)
    assert digest.stories[0].topic == "Sport"


def test_the_critical_figure_counts_the_articles_of_stories_that_people_called_critical() -> None:
    digest = weighed_digest(
        simple(1, tone=Tone.CRITICAL), simple(2, tone=Tone.POSITIVE), simple(3), simple(4, aside=Aside.LISTED),
        replace(simple(5, aside=Aside.PASSING), tone=Tone.CRITICAL),
    )  # fmt: skip
    critical = next(item for item in digest.figures if item.key is FigureKey.CRITICAL)
    told = sum(item.articles for item in digest.stories if item.tone is Tone.CRITICAL)
    lines = sum(item.articles for item in digest.also if item.tone is Tone.CRITICAL)
    assert critical.number == told + lines == 2
    assert FigureKey.PROMINENT not in {item.key for item in digest.figures}


def test_watched_matters_are_beginnings_of_words_in_what_is_new() -> None:
    one = article("A", NOON, "Simhallen öppnar", "", "Katrineholm får ett resecentrum.")
    digest = weighed_digest(story(1, one), watched=("simhall", "centrum", "Resecentrum", "a+b"))
    assert [(item.name, item.articles) for item in digest.watched] == [
        ("simhall", 1), ("centrum", 0), ("Resecentrum", 1), ("a+b", 0),
    ]  # fmt: skip


def test_a_quiet_source_is_told_after_the_missing_ones_the_important_first() -> None:
    seen = datetime(2026, 11, 22, 13, tzinfo=UTC)
    states = [
        replace(state("Lilla bladet"), rhythm=Rhythm(newest=seen, quiet=True)),
        replace(state("Djulöposten", important=True), rhythm=Rhythm(newest=seen, quiet=True)),
        state("Radio", PollOutcome.BLOCKED),
        state("Tomt", PollOutcome.EMPTY),
        SourceState(source=Source(url=feed_of("Vilande"), name="Vilande", paused=True)),
    ]
    health = health_of(states, 8)
    assert health.fetched == 3
    assert [(fault.source, fault.kind) for fault in health.faults] == [
        ("Radio", FaultKind.BLOCKED),
        ("Djulöposten", FaultKind.QUIET),
        ("Lilla bladet", FaultKind.QUIET),
        ("Tomt", FaultKind.SILENT),
        ("Vilande", FaultKind.PAUSED),
    ]
    assert health.faults[1].newest == seen


def test_a_day_on_which_an_important_source_or_many_were_unread_is_no_measure() -> None:
    known = [Source(url=f"https://s{number}.example/feed", important=number == 0) for number in range(20)]
    urls = [source.url for source in known]
    assert is_blind({urls[0]}, known)
    assert not is_blind({urls[1], "https://borta.example/feed"}, known)
    assert is_blind(set(urls[1:4]), known)


def test_an_article_of_which_only_the_headline_may_be_kept_says_so() -> None:
    note = "the site asks that nothing of its text is kept or quoted (robots: nosnippet)"
    article = make_article("Skolan i Katrineholm byggs ut", "", note=note)
    assert _unread(article) is Unread.RESERVED
    assert _unread(replace(article, from_feed=True, note="the site reserves its text")) is Unread.RESERVED
    assert _unread(replace(article, note="")) is None
