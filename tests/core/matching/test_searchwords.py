"""Which words may be searched for."""

import pytest

from monitor.core.matching import check_search_word
from monitor.models import Refused


@pytest.mark.parametrize(
    "word",
    [
        "Anna Svensson",
        "anna svensson",
        "ANNA SVENSSON",
        "kommunalrådet Anna Ek",
        "Svensson",
        "Karl-Erik Storlind",
        "Maria",
        "Ek, Anna Maria",
        "19500101-1234",
        "500101+1234",
        "0150-123 45 67",
        "anna.ek@example.se",
        "@annaek",
        "   ",
        "",
    ],
)
def test_people_and_what_points_at_them_are_refused_with_the_reason(word: str) -> None:
    refused = check_search_word(word)
    assert isinstance(refused, Refused)
    assert "empty" in refused.reason or "GDPR" in refused.reason


@pytest.mark.parametrize(
    "word",
    [
        "Duveholmsskolan",
        "KFAB",
        "Katrineholm Vatten och Avfall AB",
        "Nora",
        "Mark",
        "Anna Whitlocks gymnasium",
        "Karin Boyes plats",
        "Astrid Lindgrens Värld",
        "Andersson & Co Bygg",
        "resecentrum",
        "Västra stambanan",
        "Djulö",
        "E20",
        "55",
        "socialnämnden",
    ],
)
def test_bodies_places_and_things_may_be_searched_for(word: str) -> None:
    assert check_search_word(word) is None
