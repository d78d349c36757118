"""Where sentences end."""

from monitor.core.sentences import sentences, sentences_of


def test_a_sentence_ends_at_a_stop_before_a_capital() -> None:
    assert list(sentences_of("Det brann. Ingen skadades! Varför?")) == ["Det brann.", "Ingen skadades!", "Varför?"]


def test_an_abbreviation_or_an_initial_ends_none() -> None:
    assert list(sentences_of("Mötet är kl. 18 i bl.a. Bie. Anmäl till A. Berg i tid.")) == [
        "Mötet är kl. 18 i bl.a. Bie.",
        "Anmäl till A. Berg i tid.",
    ]


def test_lines_are_sentences_of_their_own_and_empty_ones_are_none() -> None:
    assert list(sentences_of("Rubrik\n\nText utan slut")) == ["Rubrik", "Text utan slut"]
    assert list(sentences("")) == []
