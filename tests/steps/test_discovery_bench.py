"""The bench of discovery in small: a tenth of its web, every trap in it."""

from bench.discovery import run
from bench.discovery_web import make_world
from tests.demo.free_ports import find_free_base


def test_a_small_web_gives_its_blogs_about_the_town_and_nothing_else() -> None:
    world = make_world(7, 0.08, posts=6)
    got = run(world, port=find_free_base(), requests=350, rounds=1)
    assert got.found >= got.wanted - 1, got  # one of them forbids robots
    assert not got.wrong, got
    assert got.requests <= 350
