"""The few words that are repeated: whole sentences, no private name where it can be helped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.triage import names_private_person, summarise
from monitor.core.triage.quoting import SUMMARY_LIMIT
from tests.core.articles import make_article


@pytest.mark.parametrize(
    ("sentence", "private"),
    [
        ("– Jag är orolig, säger Testa Exempelsson.", True),
        ("Kommunalrådet Testa Exempelsson vill vänta.", False),
        ("Testa Exempelsson (S) vill vänta.", False),
        ("Testa Exempelsson, ordförande i nämnden, vill vänta.", False),
        ("Branden på Stora Torget släcktes.", False),
        ("Det brann på Västra Storgatan i natt.", False),
        ("Efter Lunch öppnar kaféet.", False),
        ("Efter Testa Exempelsson blev det tyst.", True),
        ("Förskolan Lärkan är stängd.", False),  # else the letter loses the sentence that says what happened
        ("Föreningen Testa Exempelsson bjöd in.", True),
        ("Lärkan Exempelsson är orolig.", True),  # two capitals in a row are a name: better once too often
        ("Katrineholm Östra fick ström.", False),
    ],
)
def test_a_full_name_without_an_office_is_private(sentence: str, private: bool) -> None:
    assert names_private_person(sentence, ["Katrineholm"]) is private


def test_the_summary_is_whole_sentences_those_that_name_the_municipality_first() -> None:
    filler = (
        "Det var en lång dag med många samtal om allt möjligt som hände i trakten och som ingen riktigt mindes efteråt."
    )
    lead = f"{filler} {filler} {filler} I Katrineholm brann en lada."
    summary = summarise(make_article("Lada brann", lead, lead=lead))
    assert summary.endswith("I Katrineholm brann en lada.")
    assert len(summary) <= SUMMARY_LIMIT


def test_a_sentence_with_a_private_name_is_left_out_while_another_remains() -> None:
    lead = "Testa Exempelsson i Katrineholm är arg. En lada i Katrineholm brann."
    assert summarise(make_article("Lada", lead, lead=lead)) == "En lada i Katrineholm brann."
    only = "Testa Exempelsson i Katrineholm är arg."
    assert summarise(make_article("Lada", only, lead=only)) == only


def test_a_sentence_too_long_is_cut_and_no_text_gives_nothing() -> None:
    long = "I Katrineholm " + "brann det " * 60
    assert len(summarise(make_article("Lada", long))) <= SUMMARY_LIMIT
    assert summarise(make_article("Lada", "")) == ""


@pytest.mark.parametrize(
    ("title", "text", "summary"),
    [
        ("Mörkt i parken.", "Mörkt i parken. Nio lampor i Katrineholm.", "Nio lampor i Katrineholm."),
        ("Mörkt", "Mörkt\nNio lampor i Katrineholm", "Nio lampor i Katrineholm"),
        ("Mörkt i hela…", "Mörkt i hela parken i Katrineholm", "… parken i Katrineholm"),
        ("Mörkt i Katrineholm", "Mörkt i Katrineholm", ""),
        ("Mörkt", "Mörkt i Katrineholm", "Mörkt i Katrineholm"),
        ("Lampor", "Mörkt i Katrineholm", "Mörkt i Katrineholm"),
    ],
)
def test_a_text_whose_beginning_is_its_headline_is_told_from_there_on(title: str, text: str, summary: str) -> None:
    assert summarise(make_article(title, text)) == summary


@given(st.lists(st.sampled_from(["Katrineholm", "brann.", "Det", "Testa", "\n", "x" * 90]), max_size=80))
def test_summaries_keep_their_limit(words: list[str]) -> None:
    article = make_article("Lada", " ".join(words))
    assert len(summarise(article)) <= SUMMARY_LIMIT
