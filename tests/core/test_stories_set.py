"""The hand-made set of events: what was tuned on, and what was written afterwards."""

import pytest

from bench.story_set import b_cubed, fold_ours, of_events, read_set


@pytest.mark.parametrize("name", ["tuned", "held"])
def test_events_are_folded_as_people_would(name: str) -> None:
    rows = read_set(name)
    gold = {article.url: event for event, article in rows}
    assert b_cubed(gold, fold_ours([article for _, article in rows]))[2] >= 0.90


def test_the_set_is_as_large_as_it_should_be() -> None:
    gold = {article.url: event for event, article in read_set("tuned", "held")}
    shared = of_events(gold)
    assert len({gold[url] for url in shared}) >= 60
    assert len(gold) - len(shared) >= 300
