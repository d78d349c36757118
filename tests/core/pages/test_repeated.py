"""What stands on many pages of a host goes; what a paper writes twice stays."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.pages import block_key, drop_repeated
from monitor.models import Outcome, PageReading

NOTICE = "Notiserna ger kort information om ett urval av det som har hänt, och uppgifterna kan ändras."
QUOTE = "Vi visste inte att bron var i så dåligt skick när vi köpte in arbetet, säger kommunens tekniska chef."


def reading(*blocks: str) -> PageReading:
    return PageReading(outcome=Outcome.OK, title=NOTICE, lead=NOTICE, blocks=blocks)


def dropped(block: str, count: int, pages: int) -> bool:
    return block not in drop_repeated(reading("Egen text.", block), {block_key(block): count}, pages).blocks


def test_blocks_that_differ_in_digits_days_case_and_punctuation_share_a_key() -> None:
    assert block_key("Publicerad 30 oktober 17:53") == block_key("PUBLICERAD 2 nov. 09.10")
    assert block_key("Uppdaterad måndag kl 8") == block_key("Uppdaterad fredag kl. 12")
    assert block_key("Bron stängs") != block_key("Bron öppnas")
    assert len(block_key(NOTICE)) == 16


def test_a_notice_on_every_page_goes_and_title_and_lead_stay() -> None:
    left = drop_repeated(reading("Egen text.", NOTICE), {block_key(NOTICE): 96}, 119)
    assert left == reading("Egen text.")
    assert left.title == left.lead == NOTICE


def test_few_pages_prove_nothing() -> None:
    for count in (1, 2, 3):
        assert not dropped(QUOTE, count, count)
    assert dropped(NOTICE, 4, 4)


def test_a_quote_in_some_of_many_articles_stays() -> None:
    assert not dropped(QUOTE, 5, 40)
    assert not dropped(QUOTE, 10, 100)


def test_the_more_pages_are_known_the_smaller_a_share_is_enough() -> None:
    for count, pages in ((4, 5), (6, 12), (30, 300), (78, 2_000)):
        assert dropped(NOTICE, count, pages)
        assert not dropped(NOTICE, count - 1, pages)


def test_a_short_block_needs_a_large_share_always() -> None:
    assert not dropped("Ingen person skadades.", 200, 2_000)
    assert dropped("Läs mer om bron", 700, 2_000)


def test_a_page_that_is_nothing_but_notices_is_partial_and_says_so() -> None:
    left = drop_repeated(reading(NOTICE), {block_key(NOTICE): 50}, 50)
    assert left.blocks == ()
    assert left.outcome is Outcome.PARTIAL
    assert "many pages" in left.reason


def test_a_page_without_repeated_blocks_is_the_same() -> None:
    page = reading("Egen text.", QUOTE)
    assert drop_repeated(page, {}, 0) is page


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(0, 500), st.integers(0, 500))
def test_what_is_left_is_what_was_there_in_order(blocks: list[str], count: int, pages: int) -> None:
    seen = {block_key(block): count for block in blocks[::2]}
    left = drop_repeated(reading(*blocks), seen, pages)
    remaining = iter(blocks)
    assert all(block in remaining for block in left.blocks)


@given(st.text(max_size=200))
def test_a_key_can_be_made_of_anything(block: str) -> None:
    assert block_key(block) == block_key(block.casefold())
