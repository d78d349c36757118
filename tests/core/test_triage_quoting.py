"""The few words that are repeated: whole sentences, the naming marked, no private name where it can be helped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.triage import choose_quote, names_private_person, summarise
from monitor.core.triage.quoting import QUOTE_LIMIT, SUMMARY_LIMIT, Parts
from monitor.models import Mention
from tests.core.articles import make_article, make_place


def text_of(parts: Parts) -> str:
    return "".join(text for text, _ in parts)


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


def test_the_quote_is_a_sentence_with_the_naming_marked() -> None:
    text = "En lada brann. Lågorna syntes ända till Katrineholm, och Katrineholm luktar rök."
    quote = choose_quote(make_article("Lada", text))
    assert text_of(quote) == "Lågorna syntes ända till Katrineholm, och Katrineholm luktar rök."
    assert [piece for piece, hit in quote if hit] == ["Katrineholm", "Katrineholm"]


def test_a_sentence_without_a_private_name_is_quoted_before_one_with() -> None:
    text = "Testa Exempelsson i Katrineholm är arg.\nKommunen i Katrineholm svarar inte."
    assert text_of(choose_quote(make_article("Lada", text))) == "Kommunen i Katrineholm svarar inte."


def test_what_the_summary_or_the_headline_says_already_is_not_quoted() -> None:
    text = "En lada i Katrineholm brann."
    assert choose_quote(make_article("Lada", text), besides=text) == ()
    assert choose_quote(make_article(text, text)) == ()
    assert choose_quote(make_article("Lada", "Ingen nämns.")) == ()


def test_the_fullest_naming_of_the_sentences_is_quoted() -> None:
    text = "Det brann i Katrineholm. Nu svarar Katrineholms kommun på frågor."
    at = text.index("Katrineholms")
    short = Mention(start=12, end=23, text="Katrineholm", rule="name")
    full = Mention(start=at, end=at + 19, text="Katrineholms kommun", rule="name")
    inner = Mention(start=at, end=at + 11, text="Katrineholm", rule="name")
    quote = choose_quote(make_article("Lada", text, place=make_place(short, full, inner)))
    assert [piece for piece, hit in quote if hit] == ["Katrineholms kommun"]


@pytest.mark.parametrize(
    "text",
    [
        "Katrineholm " + "och allt annat " * 30,
        "och allt annat " * 30 + "i Katrineholm " + "med mera " * 40,
        "och allt annat " * 30 + "Katrineholm",
        "a" * 400 + " Katrineholm " + "b" * 400,
        "Vid Katrineholm, Katrineholm, " + "Katrineholm, " * 40,
    ],
)
def test_a_long_sentence_is_cut_around_the_naming(text: str) -> None:
    quote = choose_quote(make_article("Lada", text))
    assert any(hit for _, hit in quote)
    assert len(text_of(quote)) <= QUOTE_LIMIT


def test_a_naming_as_long_as_a_quote_is_cut() -> None:
    text = "Katrineholm" * 40
    quote = choose_quote(
        make_article("Lada", text, place=make_place(Mention(start=0, end=440, text=text, rule="name")))
    )
    assert quote == ((text[: QUOTE_LIMIT - 2], True),)


@given(st.lists(st.sampled_from(["Katrineholm", "brann.", "Det", "Testa", "\n", "x" * 90]), max_size=80))
def test_quotes_and_summaries_keep_their_limits(words: list[str]) -> None:
    article = make_article("Lada", " ".join(words))
    assert len(text_of(choose_quote(article))) <= QUOTE_LIMIT
    assert len(summarise(article)) <= SUMMARY_LIMIT
