"""The rules by which a story needs an answer, and by when."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.core.triage.answers import due_by, find_need, read_need
from monitor.models import NeedRule
from tests.core.articles import make_article

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    "text",
    [
        "Kommunen har inte gått att nå för en kommentar.",
        "Katrineholms kommun har trots flera försök inte svarat på våra frågor.",
        "Bildningsförvaltningens chef har ännu inte återkommit.",
        "Socialchefen har avböjt att kommentera.",
        "Djulöposten har under måndagen sökt bildningsförvaltningens chef utan att få svar.",
        "Radion söker kommunalrådet för en kommentar.",
        "Tidningen väntar fortfarande på svar från miljönämnden.",
    ],
)
def test_a_newsroom_that_waits_for_the_municipality_needs_an_answer(text: str) -> None:
    found = read_need(make_article("Fukt i förskola", f"Förskolan är stängd. {text}"))
    assert found is not None
    assert (found.rule, found.words) == (NeedRule.SOUGHT, text)


@pytest.mark.parametrize(
    "text",
    [
        "Polisen har inte gått att nå för en kommentar.",
        "Kommunen hänvisar till bolaget. Bolaget har inte svarat.",
        "Kommunen säger att hyresvärden inte har gått att nå och att polisen har inte svarat.",
        "Kommunen har anmält saken till polisen som har inte svarat på frågor.",
        "Hon har sökt jobb på kommunen för en kommentar till livet.",
        "Fastighetsägaren har sökt bygglov hos kommunen och väntar svar.",
        "Tidningen har sökt polisen om kommunens svar.",
        "Vi har sökt i arkivet efter svar.",
        "Många söker kommunen som turistmål.",
        "Elever har inte svarat på enkäten.",
    ],
)
def test_another_who_is_silent_or_another_search_is_no_need(text: str) -> None:
    assert read_need(make_article("Läget i Katrineholm", text)) is None


def test_a_question_to_a_board_in_a_letter_needs_an_answer_of_the_board() -> None:
    letter = make_article(
        "Insändare: När tänds lamporna?",
        "Det är mörkt vid sjön. Min fråga till samhällsbyggnadsnämnden är enkel: vilket år?",
    )
    found = read_need(letter)
    assert found is not None
    assert found.rule is NeedRule.QUESTION
    assert found.to == "samhällsbyggnadsnämnden"


@pytest.mark.parametrize(
    ("title", "url", "text"),
    [
        ("Debatt: Dags att rusta", "", "Varför gör kommunen inget?"),
        (
            "När blir det trottoar?",
            "https://blad.example/insandare/1",
            "Jag vill ha svar från samhällsbyggnadsnämnden.",
        ),
        ("Insändare: Plogningen", "", "Hur tänker ni egentligen? Kommunen plogar sist hos oss."),
        ("Insändare: Plogningen", "", "Vi kräver besked av kommunen."),
    ],
)
def test_letters_and_opinion_pieces_may_ask(title: str, url: str, text: str) -> None:
    found = read_need(replace(make_article(title, text), url=url or "https://blad.example/1"))
    assert found is not None
    assert found.rule is NeedRule.QUESTION


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Här är frågorna", "Varför gör kommunen inget?"),
        ("Insändare: Hundarna", "Varför plockar folk inte upp efter sig?"),
        ("Insändare: Tack", "Tack till kommunen för den fina parken."),
        ("Insändare: Hundarna", "Hur tänker ni? Plocka upp efter er."),
    ],
)
def test_news_and_letters_to_others_ask_nothing(title: str, text: str) -> None:
    assert read_need(make_article(title, text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Föräldrarna har skrivit ett öppet brev till barn- och utbildningsnämnden.",
        "Ett öppet brev till politikerna i Katrineholm sprids.",
        "Gruppen har lämnat in ett medborgarförslag om en hundrastgård.",
        "På måndag lämnas underskrifterna över till kommunen.",
        "Namnen på protestlistan lämnas till politikerna.",
    ],
)
def test_an_appeal_to_the_municipality_needs_an_answer(text: str) -> None:
    found = read_need(make_article("Protest", text))
    assert found is not None
    assert found.rule is NeedRule.APPEAL


@pytest.mark.parametrize(
    "text",
    [
        "Ett öppet brev till regeringen sprids.",
        "Medborgarförslaget avslogs av fullmäktige.",
        "Ett medborgarförslag handlar om hundar.",
        "Underskrifterna lämnas till regionen.",
        "Alla namn till nya gatan är klara.",
    ],
)
def test_an_appeal_to_others_or_one_that_is_decided_needs_none(text: str) -> None:
    assert read_need(make_article("Protest", text)) is None


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_a_waiting_newsroom_is_answered_by_noon_or_three_hours_after_a_late_letter() -> None:
    def due(made_at: datetime) -> datetime:
        return due_by(NeedRule.SOUGHT, made_at=made_at, zone=ZONE, answer_days=5)

    assert due(moment(24, 6, 30)) == moment(24, 12)
    assert due(moment(24, 10)) == moment(24, 13)
    assert due(moment(28, 10)) == moment(30, 12)  # a Saturday: Monday noon


def test_other_answers_are_due_after_working_days() -> None:
    due = due_by(NeedRule.QUESTION, made_at=moment(24, 6, 30), zone=ZONE, answer_days=5)
    assert due == datetime(2026, 12, 1, 16, tzinfo=ZONE)


def test_the_most_urgent_rule_of_all_articles_holds() -> None:
    appeal = make_article("Protest", "Ett öppet brev till kommunen sprids.")
    sought = make_article("Tyst", "Kommunen har inte svarat.", paper="radio")
    later = make_article("Tyst", "Kommunen har inte gått att nå.", paper="riks")
    need = find_need([appeal, sought, later], made_at=moment(24, 6, 30), zone=ZONE, answer_days=5)
    assert need is not None
    assert (need.rule, need.url, need.words) == (NeedRule.SOUGHT, sought.url, "Kommunen har inte svarat.")
    assert find_need([make_article()], made_at=moment(24, 6), zone=ZONE, answer_days=5) is None
