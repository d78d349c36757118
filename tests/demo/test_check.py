"""Judging a run of the demo against what was planted."""

from collections.abc import Collection
from datetime import timedelta
from html import escape

from monitor.demo import DEMO_NOW, Addresses, demands
from monitor.demo.check import in_letter, judge_folding, judge_run, read_letter
from monitor.demo.content import Demand
from monitor.models import Period

PERIOD = Period(start=DEMO_NOW - timedelta(days=1), end=DEMO_NOW)
DEMANDS = demands(Addresses())
STRICT = [demand for demand in DEMANDS if not demand.later]
WANTED = {demand.url for demand in STRICT if demand.wanted}
DUE = {demand.url for demand in STRICT if in_letter(demand, PERIOD)}
TRAP = next(demand for demand in DEMANDS if demand.plant == "namesake surname")


def find(plant: str) -> Demand:
    return next(demand for demand in DEMANDS if demand.plant == plant)


def page_with(urls: Collection[str], *texts: str) -> str:
    links = "".join(f'<p><a href="{escape(url)}">rubrik</a></p>' for url in sorted(urls))
    return f"<html><body>{links}{''.join(f'<p>{escape(text)}</p>' for text in texts)}</body></html>"


def test_a_run_that_takes_what_is_wanted_and_nothing_else_has_no_fault() -> None:
    verdict = judge_run(DEMANDS, WANTED, read_letter(page_with(DUE), [], DUE), PERIOD)
    assert verdict.faults == ()
    assert verdict.mentions >= 60
    assert verdict.shown == verdict.due >= 45
    assert verdict.traps >= 28


def test_a_mention_that_was_not_found_is_told_with_the_reason_why_it_is_one() -> None:
    lost = find("soft hyphens")
    verdict = judge_run(DEMANDS, WANTED - {lost.url}, read_letter(page_with(DUE), [], DUE), PERIOD)
    assert len(verdict.missed) == 1
    assert lost.title in verdict.missed[0]
    assert lost.why in verdict.missed[0]


def test_a_mention_that_was_not_found_is_told_once() -> None:
    verdict = judge_run(DEMANDS, frozenset(), read_letter(page_with([]), [], []), PERIOD)
    assert len(verdict.faults) == verdict.mentions


def test_a_trap_that_was_taken_is_told() -> None:
    verdict = judge_run(DEMANDS, WANTED | {TRAP.url}, read_letter(page_with(DUE | {TRAP.url}), [], DUE), PERIOD)
    assert [TRAP.title in fault for fault in verdict.taken] == [True]
    assert [TRAP.title in fault for fault in verdict.misplaced] == [True]


def test_a_trap_whose_headline_stands_in_the_letter_is_told_even_without_a_link() -> None:
    quoted = next(demand for demand in DEMANDS if not demand.wanted and "”" not in demand.title)
    letter = read_letter(page_with(DUE, f"Överst står ”{quoted.title}”."), [], DUE)
    assert [quoted.title in fault for fault in judge_run(DEMANDS, WANTED, letter, PERIOD).faults] == [True]


def test_every_mention_that_is_missing_in_the_letter_is_told() -> None:
    verdict = judge_run(DEMANDS, WANTED, read_letter(page_with([]), [], DUE), PERIOD)
    open_ = {demand.url for demand in STRICT if demand.open}
    assert len(verdict.unshown) == len(DUE - open_) == verdict.due
    assert verdict.shown == 0


def test_an_article_counts_as_shown_when_its_story_is_and_the_letter_counts_it() -> None:
    story = {demand.url for demand in STRICT if demand.story == "blastjarnan"}
    lead = min(story)
    page = page_with((DUE - story) | {lead})
    assert judge_run(DEMANDS, WANTED, read_letter(page, [story], DUE), PERIOD).faults == ()
    uncounted = judge_run(DEMANDS, WANTED, read_letter(page, [story], DUE - story), PERIOD)
    assert len(uncounted.unshown) == len(story) - 1
    unlinked = judge_run(DEMANDS, WANTED, read_letter(page_with(DUE - story), [story], DUE), PERIOD)
    assert len(unlinked.unshown) == len(story)


def test_a_mail_counts_as_shown_when_the_letter_has_its_title() -> None:
    mail = find("by mail")
    rest = DUE - {mail.url}
    stories = [{mail.url}]
    told = read_letter(page_with(rest, mail.title), stories, DUE)
    assert judge_run(DEMANDS, WANTED, told, PERIOD).faults == ()
    untold = judge_run(DEMANDS, WANTED, read_letter(page_with(rest), stories, DUE), PERIOD)
    assert [mail.title in fault for fault in untold.unshown] == [True]


def test_old_news_in_the_letter_is_told() -> None:
    old = next(demand for demand in STRICT if demand.wanted and demand.url not in DUE and not demand.open)
    verdict = judge_run(DEMANDS, WANTED, read_letter(page_with(DUE | {old.url}), [], DUE), PERIOD)
    assert [old.title in fault for fault in verdict.misplaced] == [True]


def test_old_and_undated_articles_are_not_for_the_letter() -> None:
    for plant in ("long-dead date", "no date anywhere", "namesake horse", "future date"):
        assert not in_letter(find(plant), PERIOD)
    for plant in ("no date in the feed", "1970", "updated", "robots", "page answers 403"):
        assert in_letter(find(plant), PERIOD)


def test_the_letter_has_at_least_eight_stories_to_show() -> None:
    assert len({demand.story for demand in DEMANDS if in_letter(demand, PERIOD)}) >= 20


def test_an_event_is_folded_as_planted_when_its_articles_are_one_story_and_no_others_are_in_it() -> None:
    events: dict[str, set[str]] = {}
    for demand in STRICT:
        if demand.wanted:
            events.setdefault(demand.story, set()).add(demand.url)
    right = judge_folding(DEMANDS, WANTED, list(events.values()))
    assert (right.several_right, right.single_right) == (right.several, right.single)
    assert right.several >= 6
    single = next(urls for urls in events.values() if len(urls) == 1)
    joined = [urls for story, urls in events.items() if urls != single and story != "blastjarnan"]
    wrong = judge_folding(DEMANDS, WANTED, [*joined, events["blastjarnan"] | single])
    assert (wrong.several_right, wrong.single_right) == (right.several - 1, right.single - 1)
    apart = judge_folding(DEMANDS, WANTED, [{url} for url in WANTED])
    assert (apart.several_right, apart.single_right) == (0, right.single)
