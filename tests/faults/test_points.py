"""A few points and faults of the whole (`make trust`, points and kills): one for each way of being stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.points import POINTS, Fault
from tests.faults.trial import Expected, Trial, every_trial, run_trial
from tests.faults.world import World

FEW = (
    ("poll saved", "before", Fault.KILL),
    ("parcel settled", "before", Fault.KILL),
    ("parcel claimed", "after", Fault.FULL),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("faults")).opened() as world:
        yield world


def test_what_was_stopped_goes_on_and_loses_and_doubles_nothing(world: World) -> None:
    expected = Expected(world)
    points = {point.name: point for point in POINTS}
    for name, place, fault in FEW:
        assert run_trial(world, expected, Trial(points[name], place, fault)) == [], (name, place, fault)


def test_every_point_is_named_once_and_stands_where_it_says() -> None:
    names = [point.name for point in POINTS]
    assert len(set(names)) == len(names)
    assert len(list(every_trial())) == len(POINTS) * 2 * 6
    for point in POINTS:
        path = Path(*point.where.partition(":")[0].split(".")).with_suffix(".py")
        assert f"{point.where.rpartition('.')[2].rpartition(':')[2]}" in path.read_text(encoding="utf-8"), point
