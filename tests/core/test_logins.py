from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.logins import (
    FREE_FOR_ACCOUNT,
    check_password,
    read_account_name,
    role_of,
    safe_target,
    unit_of,
    wait_after,
)
from monitor.models import Refused, Role


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 5), (6, 10), (7, 20), (11, 320), (12, 640), (13, 900), (9999, 900)]
)
def test_a_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert wait_after(failures, FREE_FOR_ACCOUNT) == timedelta(seconds=seconds)


@given(st.integers(0, 10_000))
def test_a_wait_never_shrinks(failures: int) -> None:
    assert wait_after(failures, 4) <= wait_after(failures + 1, 4)


@pytest.mark.parametrize(
    ("text", "name"),
    [(" Kommunikation ", "kommunikation"), ("vård.omsorg", "vård.omsorg"), ("a@b.example", "a@b.example")],
)
def test_a_name_is_kept_in_small_letters(text: str, name: str) -> None:
    assert read_account_name(text) == name


@pytest.mark.parametrize("text", ["", ".x", "två ord", "x" * 65, "a\nb", "<b>", "-"])
def test_what_is_no_name_is_refused(text: str) -> None:
    assert isinstance(read_account_name(text), Refused)


@pytest.mark.parametrize("password", ["kort", "x" * 201, "a" * 20, "kommunikation"])
def test_a_password_that_is_guessed_at_once_is_refused(password: str) -> None:
    assert isinstance(check_password(password, "kommunikation"), Refused)


def test_words_make_a_password() -> None:
    assert check_password("korrekt häst batteri", "kommunikation") is None


def test_groups_give_the_highest_role_and_the_first_unit() -> None:
    roles = {"a": Role.READER, "b": Role.ADMINISTRATOR, "c": Role.EDITOR}
    assert role_of(["c", "b", "x"], roles) is Role.ADMINISTRATOR
    assert role_of(["x"], roles) is None
    assert unit_of(["y", "x"], {"x": "Skola", "y": "Vård"}) == "Skola"
    assert unit_of([], {"x": "Skola"}) == ""


def test_each_role_covers_those_before_it() -> None:
    order = [Role.READER, Role.EDITOR, Role.RESPONSIBLE, Role.ADMINISTRATOR]
    for at, role in enumerate(order):
        assert [role.covers(other) for other in order] == [True] * (at + 1) + [False] * (3 - at)


@given(st.text())
def test_a_target_is_a_path_of_this_site(text: str) -> None:
    target = safe_target(text)
    assert target.startswith("/")
    assert not target.startswith(("//", "/\\"))
    assert target.isascii()
    assert target.isprintable()
    assert safe_target("/arkiv?q=a%20b&sida=2") == "/arkiv?q=a%20b&sida=2"
