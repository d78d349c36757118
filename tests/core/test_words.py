"""Stems, telling words and names."""

import sys
from concurrent.futures import ThreadPoolExecutor

from monitor.core.words import COMMON, FREQUENT, stem, telling_words


def test_inflections_of_a_word_have_one_stem() -> None:
    assert stem("brandbilarna") == stem("Brandbilar") == stem("brandbil")
    assert stem("kl:s") == stem("kl")


def test_common_words_and_single_signs_tell_nothing() -> None:
    assert [word.written for word in telling_words("Det är en lada i X 7 som har brunnit i natt")] == [
        "lada",
        "brunnit",
    ]


def test_a_capital_within_a_sentence_makes_a_name_and_one_at_its_beginning_does_not() -> None:
    words = {
        word.written: word.name for word in telling_words("Ladan vid Forssjö. Branden: Larmet gick. ”Eldaren” sågs.")
    }
    assert words["Forssjö"]
    assert not any(words[first] for first in ("Ladan", "Branden", "Larmet"))


def test_the_words_of_all_local_news_are_not_those_that_tell_nothing() -> None:
    assert not COMMON & FREQUENT
    assert stem("polisen") in FREQUENT


def test_threads_that_stem_at_once_get_the_stems_that_one_gets() -> None:
    words = [f"{start}{end}" for start in ("skol", "kommun", "förvaltning", "bygg", "x") for end in ENDINGS] * 40
    alone = [stem.__wrapped__(word) for word in words]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda _: [stem.__wrapped__(word) for word in words], range(4)))
    finally:
        sys.setswitchinterval(interval)
    assert together == [alone] * 4


ENDINGS = ("ornas", "arnas", "heternas", "en", "s", "andes", "iskt")
