"""What a watch finds, and what a home's settings change."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.matching import Matcher, Watch, build_matcher
from monitor.core.places import municipalities
from monitor.models import FoundPlace, PlaceKind

HOME = "0483"
ALL = build_matcher(Watch(codes=tuple(municipalities())))
ONE = build_matcher(Watch(codes=(HOME,)))
SENTENCES = [
    line.split("\t")[2].replace("\\n", "\n")
    for line in (Path(__file__).parent / "sentences.tsv").read_text(encoding="utf-8").splitlines()[1:]
]


def only(found: tuple[FoundPlace, ...]) -> FoundPlace:
    assert len(found) == 1
    return found[0]


def watch(**changes: object) -> Matcher:
    return build_matcher(Watch(**{"codes": (HOME,), **changes}))  # type: ignore[arg-type]  # any field may be changed


def test_a_found_place_tells_what_took_it_what_spoke_against_and_what_the_text_is_about() -> None:
    place = only(ONE.find("Simhallen öppnar", "Katrineholms kommun öppnar simhallen. Katrineholm jublar."))
    assert (place.code, place.name, place.kind, place.about) == (HOME, "Katrineholm", PlaceKind.MUNICIPALITY, True)
    assert place.score > 0.95
    assert "“kommun” stands after it" in place.reason
    assert "about it: " in place.reason
    assert [mention.rule for mention in place.mentions] == ["kommun", "name"]
    doubtful = only(
        build_matcher(Watch(codes=("1463",))).find("", "En olycka i Mark, där också Borås och Umeå hjälpte.")
    )
    assert "against: other municipalities are named: Borås, Umeå" in doubtful.reason


def test_offsets_count_in_the_field_as_it_was_given() -> None:
    title = "Nytt i Katri\u00adneholm"
    text = unicodedata.normalize("NFD", "Träd fälls i centrala Katrine-\nholm och  vid\u00a0Sköldinge.")
    place = only(ONE.find(title, text))
    given = [(title if mention.where == "title" else text)[mention.start : mention.end] for mention in place.mentions]
    assert given == ["Katri\u00adneholm", "Katrine-\nholm", unicodedata.normalize("NFD", "Sköldinge")]
    assert [mention.text for mention in place.mentions] == ["Katrineholm", "Katrineholm", "Sköldinge"]
    assert [mention.where for mention in place.mentions] == ["title", "text", "text"]


def test_a_text_that_names_nothing_finds_nothing() -> None:
    assert ONE.find("", "") == ()
    assert ONE.find("Vädret", "Det blir regn i hela landet.") == ()


def test_the_mentions_of_another_municipality_are_not_taken() -> None:
    assert ONE.find("Nyköping bygger", "Nyköpings kommun bygger en skola.") == ()


def test_a_name_that_comes_late_in_a_long_text_weighs_less() -> None:
    filling = "Något annat händer i landet och det är inte alls märkvärdigt. " * 20
    late = only(ONE.find("Läget i landet", f"{filling}\nDet märks också i Katrineholm."))
    assert not late.about
    assert only(ONE.find("Läget i landet", f"Det märks i Katrineholm.\n{filling}")).about


def test_without_a_title_a_short_first_line_stands_for_it() -> None:
    filling = "Något annat händer i landet och det är inte alls märkvärdigt. " * 20
    assert "in the headline" in only(ONE.find("", f"Katrineholm bygger\n{filling}")).reason


@pytest.mark.parametrize(
    ("lines", "listed"),
    [
        ("Eskilstuna\nKatrineholm\nFlen", True),
        ("Katrineholm 12 grader\nDet blir varmt i hela landet i morgon, säger meteorologen.", True),
        ("Katrineholm\nDet blir varmt i hela landet i morgon, säger meteorologen.", False),
        ("Rekord i Katrineholm 2024\nDet blir varmt i hela landet i morgon, säger meteorologen.", False),
    ],
)
def test_a_list_and_a_table_are_told_from_a_subheading(lines: str, listed: bool) -> None:
    place = only(ONE.find("Vädret", f"Så blir vädret.\n{lines}"))
    assert ("named only as one of a row of places" in place.reason) is listed


def test_only_the_direction_of_a_road_is_less_than_a_naming_by_default() -> None:
    text = "Lastbilen stod på riksväg 55 i riktning mot Katrineholm."
    assert ONE.find("", text) == ()
    place = only(watch(threshold=0.2).find("", text))
    assert "against: only the direction of a road" in place.reason


# --- what a home sets -------------------------------------------------------------------------------


def test_a_homes_own_names_count_as_they_are_written() -> None:
    matcher = watch(names=("Duveholmsskolan", "KFAB"))
    place = only(matcher.find("KFAB bygger", "Eleverna på Duveholmsskolan firar."))
    assert {mention.rule for mention in place.mentions} == {"the home's own name"}
    assert place.about
    assert matcher.find("", "Kfab och duveholmsskolan.") == ()


def test_a_name_that_the_home_gives_counts_also_where_others_bear_it() -> None:
    text = "Bråket i Valla utreds av polisen. I Tidaholm är det lugnt."
    assert ONE.find("", text) == ()
    assert only(watch(names=("Valla",)).find("", text)).code == HOME


def test_required_words_must_stand_there_and_excluded_words_must_not() -> None:
    text = "Bandyn i Katrineholm lockar publik."
    assert watch(require=("simhall", "BANDYN")).find("", text)
    assert not watch(require=("simhall",)).find("", text)
    assert watch(require=("simhall",)).find("Ny simhall", text)
    assert not watch(exclude=("bandyn",)).find("", text)
    assert not watch(exclude=("bandyn",)).find("Bandyn", "Katrineholm vann.")
    assert watch(exclude=("bandy",)).find("", text)


def test_kinds_that_do_not_count_are_left_out() -> None:
    text = "Katrineholms-Kuriren skriver om saken."
    assert only(ONE.find("", text)).kind is PlaceKind.NAMED_AFTER
    assert not watch(kinds=frozenset(PlaceKind) - {PlaceKind.NAMED_AFTER}).find("", text)


def test_a_muted_rule_takes_nothing_by_itself() -> None:
    matcher = watch(mute=frozenset({"compound"}))
    assert ONE.find("", "Katrineholmsfamiljen fick ett hem.")
    assert not matcher.find("", "Katrineholmsfamiljen fick ett hem.")
    assert matcher.find("", "Katrineholmsfamiljen i Katrineholm fick ett hem.")


def test_a_higher_threshold_finds_less() -> None:
    text = "Branden i Sköldinge är släckt."
    assert ONE.find("", text)
    assert not watch(threshold=0.99).find("", text)


def test_a_town_outside_sweden_is_found_by_its_names_as_written() -> None:
    matcher = build_matcher(Watch(name="Porvoo", names=("Borgå",)))
    place = only(matcher.find("Brand", "Porvoon keskusta paloi i Porvoo. Borgås torg."))
    assert (place.code, place.name) == ("", "Porvoo")
    assert [mention.text for mention in place.mentions] == ["Porvoo", "Borgås"]
    assert set(matcher.names) >= {"Porvoo", "Borgå"}
    assert build_matcher(Watch(names=("Borgå",))).find("", "Branden i Borgå är släckt.")


def test_names_hold_every_spelling_that_does_not_hold_the_name_itself() -> None:
    assert {"Katrineholm", "Valla", "Sköldinge", "#skoldinge"} <= set(ONE.names)
    assert "KATRINEHOLM" not in ONE.names
    assert {"Luleå", "lulebo", "lulea.se"} <= set(build_matcher(Watch(codes=("2580",))).names)
    assert {"Falun", "Falu", "falubo"} <= set(build_matcher(Watch(codes=("2080",))).names)


# --- where the source comes from --------------------------------------------------------------------


@pytest.mark.parametrize(
    "area", ["Katrineholm", "0483", "katrineholms kommun", "Södermanlands län", "Flen, Katrineholm"]
)
def test_a_doubtful_sub_place_counts_in_the_sources_own_area(area: str) -> None:
    text = "Bråket i Valla utreds av polisen."
    assert ONE.find("", text) == ()
    place = only(ONE.find("", text, source_area=area))
    assert "the source's own area" in place.reason


def test_a_sub_place_needs_a_second_sign_in_a_national_source() -> None:
    text = "Branden i Sköldinge är släckt."
    assert ONE.find("", text)
    assert ONE.find("", text, source_area="Sverige") == ()
    assert ONE.find("", "Branden i Sköldinge och branden i Björkvik är släckta.", source_area="Sverige")
    assert ONE.find("", "Branden i Katrineholm är släckt.", source_area="Sverige")


def test_the_sources_neighbourhood_speaks_for_and_another_part_of_the_country_against() -> None:
    text = "Branden i Sköldinge är släckt."
    plain, near, far = (only(ONE.find("", text, source_area=area)).score for area in ("", "Flen", "Kiruna"))
    assert far < plain < near
    own_name = "Branden i Katrineholm är släckt."
    assert only(ONE.find("", own_name, source_area="Kiruna")).score == only(ONE.find("", own_name)).score
    assert ONE.find("", own_name, source_area="Blefusku")


def test_a_name_that_several_municipalities_share_is_told_by_the_source() -> None:
    matcher = build_matcher(Watch(codes=("0180", "2281")))
    text = "Branden på Södermalm är släckt."
    assert matcher.find("", text) == ()
    assert only(matcher.find("", text, source_area="Sundsvall")).code == "2281"
    assert only(matcher.find("", text, source_area="Stockholm")).code == "0180"


def test_what_speaks_against_a_sub_place_is_told() -> None:
    matcher = build_matcher(Watch(codes=("0483", "2021"), threshold=0.0))
    county = only(matcher.find("", "Branden i Sköldinge är släckt. I Stockholms län regnar det."))
    assert "another county is named" in county.reason
    shared = only(matcher.find("", "Branden i Järna är släckt."))
    assert "another municipality has a place of that name" in shared.reason


def test_what_is_named_after_the_town_is_told_apart() -> None:
    place = only(ONE.find("Derby i kväll", "Katrineholms SK gästar Flens IF.", source_area="Katrineholm"))
    assert place.kind is PlaceKind.NAMED_AFTER
    assert not place.about
    assert "a club named after it" in place.reason
    titled = only(ONE.find("Katrineholms SK vann", "Målen kom sent.", source_area="Katrineholm"))
    assert titled.about


# --- what always holds ------------------------------------------------------------------------------

texts = st.lists(st.sampled_from(SENTENCES), max_size=5).map(" ".join) | st.text(max_size=300)


@given(title=texts, text=texts)
@settings(max_examples=150, deadline=None)
def test_the_answer_for_one_municipality_is_the_same_whichever_others_are_watched(title: str, text: str) -> None:
    assert ONE.find(title, text) == tuple(place for place in ALL.find(title, text) if place.code == HOME)


@given(title=texts, text=texts, area=st.sampled_from(["", "Sverige", "Katrineholm", "Skåne län"]))
@settings(max_examples=150, deadline=None)
def test_every_mention_lies_in_its_field_and_the_answer_repeats(title: str, text: str, area: str) -> None:
    found = ALL.find(title, text, source_area=area)
    assert found == ALL.find(title, text, source_area=area)
    for place in found:
        assert 0.5 <= place.score <= 1.0
        assert place.reason
        for mention in place.mentions:
            field = title if mention.where == "title" else text
            assert 0 <= mention.start < mention.end <= len(field)
            assert mention.text[:1] in unicodedata.normalize("NFC", field[mention.start : mention.end])


@given(text=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join))
@settings(max_examples=60, deadline=None)
def test_a_decomposed_text_names_the_same_places(text: str) -> None:
    decomposed = ALL.find("", unicodedata.normalize("NFD", text))
    assert [(place.code, place.score) for place in decomposed] == [
        (place.code, place.score) for place in ALL.find("", unicodedata.normalize("NFC", text))
    ]


@given(text=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map(" ".join))
@settings(max_examples=60, deadline=None)
def test_nothing_is_found_where_none_of_the_names_stands(text: str) -> None:
    held = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("-\n", "").casefold()
    if not any(name.casefold() in held for name in ONE.names):
        assert ONE.find("", text) == ()
