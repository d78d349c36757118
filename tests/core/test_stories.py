"""Sketches, likeness and folding."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.stories import Likeness, Rarity, Vector, compare, compare_all, fold, key_of, sketch
from monitor.core.stories.sketch import INDEXED_WORDS, MOST_SHINGLES, MOST_WORDS, thin
from monitor.models import Article
from tests.core.articles import make_article

FIRE = (
    "Räddningstjänsten larmades 06.20 sedan det börjat ryka från ett elskåp i entrén på förskolan Lärkan i "
    "Katrineholm. Ingen skadades, men hela östra flygeln stängs för sanering. Barnen flyttas tills vidare till "
    "Duvegårdens lokaler."
)
FIRE_ON_RADIO = (
    "Ett elskåp började brinna på förskolan Lärkan i morse. Femton barn hann lämnas innan personalen upptäckte röken i "
    "entrén. Alla är utrymda och oskadda, säger räddningsledaren till radion."
)
BRIDGE = (
    "Storhusbron stängs för all biltrafik från måndag. Rost i bärande balkar är värre än väntat. Gående och cyklister "
    "kan passera på ena sidan medan reparationen pågår till juni."
)


def vectors(*articles: Article) -> list[Vector]:
    sketches = [sketch(article) for article in articles]
    rarity = Rarity(len(sketches), Counter(word for one in sketches for word in one.stems))
    return [Vector(one, rarity) for one in sketches]


def likeness(one: Article, other: Article) -> Likeness:
    return compare(*vectors(one, other))


def stories_of(articles: Sequence[Article]) -> set[frozenset[str]]:
    ready = vectors(*articles)
    folds = fold({one.sketch.key: one.sketch.at for one in ready}, compare_all(ready))
    return {frozenset(one.keys) for one in folds}


# --- sketches ------------------------------------------------------------------------------------------


def test_a_sketch_holds_the_words_of_headline_and_lead_first_and_no_more_than_it_may() -> None:
    long = " ".join(f"ord{number}x" for number in range(200))
    one = sketch(make_article("Elskåp rykte", long, lead="Lärkan utrymdes"))
    assert one.written[:4] == ("Elskåp", "rykte", "Lärkan", "utrymdes")
    assert len(one.stems) == MOST_WORDS
    again = sketch(make_article("Elskåp rykte", long + " elskåp elskåp", lead="Lärkan utrymdes"))
    assert again.stems == one.stems


def test_a_long_text_keeps_a_share_of_its_shingles() -> None:
    kept, level = thin(set(range(2_000)))
    assert len(kept) <= MOST_SHINGLES
    assert level == 3
    assert all(shingle % 8 == 0 for shingle in kept)


def test_places_of_headline_and_lead_count_before_those_of_the_text() -> None:
    assert sketch(make_article("Brand i Flen", "Rök syntes ända till Vingåker.")).codes == ("0482",)
    assert sketch(make_article("Brand i natt", "Rök syntes i Vingåkers centrum.")).codes == ("0428",)


def test_the_store_may_name_the_article() -> None:
    assert sketch(make_article(), "feed#7").key == "feed#7"


# --- likeness ------------------------------------------------------------------------------------------


def test_the_same_text_under_another_headline_is_a_copy() -> None:
    alike = likeness(make_article("Rök på förskola", FIRE), make_article("Larm i gryningen", FIRE, paper="annan"))
    assert alike.copy
    assert alike.copied == 1.0
    assert alike.reason == "100% of the shorter text stands in both"


def test_a_text_that_was_cut_is_a_copy_also_of_one_so_long_that_not_all_of_it_is_kept() -> None:
    long = " ".join(f"{FIRE} Stycke{number} handlar om annat än {number * 7} saker." for number in range(12))
    cut = long[: len(long) // 2]
    assert likeness(make_article("Rök på förskola", long), make_article("Rök på förskola", cut, paper="annan")).copy


def test_shingles_are_compared_at_the_level_of_the_longer_text() -> None:
    words = [f"ord{number}" for number in range(400)]
    long, short = make_article("Lång", " ".join(words)), make_article("Kort", " ".join(words[:120]), paper="annan")
    assert sketch(long).level > sketch(short).level
    assert likeness(short, long).copy


def test_equal_headline_and_text_are_a_copy_however_short() -> None:
    assert likeness(make_article("Isen bär", "Ja."), make_article("Isen bär", "Ja.", paper="annan")).copy


def test_two_notices_on_one_pattern_are_no_copies() -> None:
    pattern = (
        "En bilist är misstänkt för brott i {0}. Polisen stoppar fordonet för kontroll vid {1} och föraren får åka med."
    )
    one = make_article("Bilist i Alvhem", pattern.format("Alvhem", "Kvarnkullen"))
    other = make_article("Bilist i Bredsjö", pattern.format("Bredsjö", "Hattmakaren"), paper="annan")
    assert not likeness(one, other).copy


def test_a_source_that_writes_on_one_pattern_must_repeat_more_of_it() -> None:
    changed = FIRE.replace("06.20", "i gryningen").replace("hela östra flygeln", "en del").replace("tills vidare", "nu")
    one = make_article("Rök på förskola", FIRE)
    assert likeness(one, make_article("Rök på förskola", changed, paper="annan")).copy
    assert not likeness(one, make_article("Rök på förskola", changed)).copy


def test_two_articles_of_one_event_are_alike_and_say_by_which_words() -> None:
    alike = likeness(
        make_article("Förskola utrymd efter rök", FIRE),
        make_article("Elskåp brann på Lärkan", FIRE_ON_RADIO, paper="radio", hours=2),
    )
    assert not alike.copy
    assert {"elskåp", "Lärkan"} <= set(alike.words)
    assert alike.reason.startswith("both have ")
    assert "2 hours apart" in alike.reason


def test_articles_of_different_events_are_not_alike() -> None:
    assert (
        likeness(make_article("Förskola utrymd", FIRE), make_article("Bron stängs", BRIDGE, paper="radio")).score == 0
    )


def test_little_in_common_within_one_source_is_nothing() -> None:
    one = make_article("Cirkus på Tunavägen", "Kamelen travade länge över gräset i Borlänge.")
    other = "Bilen voltade och blev stående på hjulen i Borlänge."
    assert likeness(one, make_article("Olycka på Tunavägen", other)).score == 0
    assert likeness(one, make_article("Olycka på Tunavägen", other, paper="annan")).score > 0


def test_what_lies_more_than_a_week_apart_is_not_compared() -> None:
    assert likeness(make_article("Rök", FIRE), make_article("Rök", FIRE, paper="annan", hours=24 * 8)).score == 0


def test_headlines_that_name_different_times_of_day_are_of_different_events() -> None:
    text = "Två bilar har krockat på Storgatan vid torget i Katrineholm. En person förs till sjukhus med ambulans."
    one = make_article("23 november 07.10, Trafikolycka, Katrineholm", text)
    assert likeness(one, make_article("23 november 17.30, Trafikolycka, Katrineholm", text, hours=8)).score == 0
    assert likeness(one, make_article("23 november 7:10, Trafikolycka, Katrineholm", text, hours=1)).copy


def fill(name: str, number: int) -> str:
    """Headline words that no other article has."""
    return " ".join(f"{name}{chr(97 + one)}{chr(120 - one)}ö" for one in range(number))


def test_two_words_among_many_are_no_likeness() -> None:
    one = make_article(fill("sak", 20), "Hos Vågspel vid Lotsudden.")
    assert likeness(one, make_article(fill("ting", 20), "Hos Vågspel vid Lotsudden.", paper="annan")).score == 0


def test_what_is_left_of_a_likeness_after_a_week_in_another_place_may_be_none() -> None:
    one = make_article(fill("sak", 8) + " i Flen", "Hos Vågspel vid Lotsudden.")
    there = make_article(fill("ting", 8) + " i Flen", "Hos Vågspel vid Lotsudden.", paper="annan")
    assert likeness(one, there).score > 0
    elsewhere = make_article(fill("ting", 8) + " i Vingåker", "Hos Vågspel vid Lotsudden.", paper="annan", hours=160)
    assert likeness(one, elsewhere).score == 0


def test_other_municipalities_make_events_less_alike() -> None:
    words = (
        "Ladan med hö vid Skärgölet brann ner och lågorna syntes vida omkring, säger lantbrukaren Grönkulla till oss."
    )
    one, told = make_article("Lada i Flen", words), "En lada vid Skärgölet, Grönkulla, brann. Hö och lågor."
    near = likeness(one, make_article("Eldsvåda i Flen", told, paper="radio"))
    far = likeness(one, make_article("Eldsvåda i Vingåker", told, paper="radio"))
    assert near.score > far.score > 0


def test_a_word_of_all_local_news_is_less_rare_than_another() -> None:
    rarity = Rarity(10, {"lärkan": 1})
    assert rarity.of("polis") < rarity.of("lärkan") < rarity.of("elskåp") <= rarity.highest
    assert rarity.of("polis") == rarity.of("polis")


# --- folding -------------------------------------------------------------------------------------------

EVENTS = [
    make_article("Förskola utrymd efter rök", FIRE),
    make_article("Elskåp brann på Lärkan", FIRE_ON_RADIO, paper="radio", hours=1),
    make_article("Rök på Lärkans förskola", FIRE, paper="rikstidning", hours=2),
    make_article("Bron stängs", BRIDGE, hours=1),
    make_article("Storhusbron stängs för bilar", BRIDGE[:120], paper="radio", hours=3),
    make_article("Matsedel", "Onsdag: fisk. Torsdag: soppa.", hours=2),
]


def test_articles_of_one_event_are_one_story_with_copies_and_reasons_told() -> None:
    ready = vectors(*EVENTS)
    folds = fold({one.sketch.key: one.sketch.at for one in ready}, compare_all(ready))
    fire, bridge, menu = folds
    assert [len(one.keys) for one in folds] == [3, 2, 1]
    assert fire.keys[0] == EVENTS[0].url
    assert fire.copies == {EVENTS[2].url}
    assert fire.near[EVENTS[2].url][0] == EVENTS[0].url
    assert bridge.story is None
    assert not menu.near


@given(st.permutations(EVENTS))
def test_the_order_of_arrival_does_not_change_the_stories(articles: list[Article]) -> None:
    assert stories_of(articles) == stories_of(EVENTS)


def test_a_free_article_joins_the_story_that_is_fixed_and_two_fixed_stories_stay_apart() -> None:
    ready = vectors(*EVENTS[:3])
    at = {one.sketch.key: one.sketch.at for one in ready}
    folds = fold(at, compare_all(ready), {EVENTS[0].url: 7, EVENTS[1].url: 8})
    assert {one.story: set(one.keys) for one in folds} == {
        7: {EVENTS[0].url, EVENTS[2].url},
        8: {EVENTS[1].url},
    }


def test_a_fixed_story_takes_its_number_along_when_an_older_article_joins() -> None:
    ready = vectors(*EVENTS[:2])
    at = {one.sketch.key: one.sketch.at for one in ready}
    (only,) = fold(at, compare_all(ready), {EVENTS[1].url: 8})
    assert only.story == 8
    assert len(only.keys) == 2


def test_fixed_articles_of_one_story_are_together_however_unlike() -> None:
    ready = vectors(EVENTS[0], EVENTS[3])
    at = {one.sketch.key: one.sketch.at for one in ready}
    (only,) = fold(at, compare_all(ready), {EVENTS[0].url: 7, EVENTS[3].url: 7})
    assert only.story == 7
    assert not only.near


A, B, C, D = "abcd"


def alike(score: float) -> Likeness:
    return Likeness(score=score, words=("ord",))


def folded(pairs: dict[tuple[str, str], float], stories: dict[str, int] | None = None) -> set[frozenset[str]]:
    at = {key: float(number) for number, key in enumerate((A, B, C, D))}
    return {frozenset(one.keys) for one in fold(at, {pair: alike(score) for pair, score in pairs.items()}, stories)}


def test_one_chance_likeness_does_not_chain_two_events() -> None:
    strong = {(A, B): 0.5, (C, D): 0.5}
    assert folded(strong | {(B, C): 0.2}) == {frozenset({A, B}), frozenset({C, D})}
    assert folded(strong | {(B, C): 0.3, (A, C): 0.3}) == {frozenset({A, B, C, D})}


def test_a_link_to_a_story_that_may_not_be_joined_is_passed_over() -> None:
    pairs = {(A, B): 0.5, (B, C): 0.4, (A, C): 0.45, (C, D): 0.2}
    assert folded(pairs, {A: 1, C: 2}) == {frozenset({A, B}), frozenset({C, D})}


def test_links_below_the_floor_join_nothing() -> None:
    assert len(folded({(A, B): 0.1, (B, C): 0.17})) == 4


def test_an_article_that_is_like_only_a_later_one_says_so() -> None:
    at = {A: 0.0, B: 1.0, C: 2.0}
    (one,) = fold(at, {(A, C): alike(0.5), (B, C): alike(0.5)})
    assert one.near[B][0] == C
    assert one.near[C][0] == B


pair_scores = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.06, 1.0),
)


@settings(max_examples=200)
@given(pair_scores, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3)))
def test_every_article_is_in_one_story_and_what_is_fixed_stays(
    scores: dict[tuple[str, str], float], fixed: dict[str, int]
) -> None:
    at = {key: float(ord(key)) for key in "abcdefgh"}
    folds = fold(at, {pair: alike(score) for pair, score in scores.items()}, fixed)
    assert sorted(key for one in folds for key in one.keys) == list("abcdefgh")
    assert all(fixed.get(key, one.story) == one.story for one in folds for key in one.keys)
    numbers = [one.story for one in folds if one.story is not None]
    assert len(numbers) == len(set(numbers))
    assert all(at[first.keys[0]] < at[second.keys[0]] for first, second in pairwise(folds))


@pytest.mark.parametrize("title", ["Notan blev 14.50 miljoner", "Version 1.20.3 är här"])
def test_a_sum_of_money_or_a_version_is_no_time_of_day(title: str) -> None:
    assert sketch(make_article(title)).clock == ""


def test_a_sketch_is_found_by_its_words_and_some_of_its_shingles() -> None:
    one = sketch(make_article("Förskola utrymd", FIRE))
    assert set(one.index_shingles) < set(one.shingles)
    assert len(one.index_keys) == min(INDEXED_WORDS, len(one.stems)) + len(one.index_shingles)
    assert key_of("elskåp") in one.index_keys
