"""The letter as a page, as plain text and as data."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from io import BytesIO, StringIO
from pathlib import Path

import lxml.html
import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jsonschema import Draft202012Validator

from monitor.core.digest import Digest, Limits
from monitor.deliver.render import (
    MAX_BYTES,
    MAX_PREHEADER,
    MAX_SUBJECT,
    SCHEMA,
    attr_text,
    link_address,
    open_templates,
    render_digest,
)
from monitor.errors import DeliveryError
from monitor.models import Access, Need, NeedRule, Period, PollOutcome, Source, SourceState, Story, Tone
from tests.golden.digest.days import (
    DAYS,
    PERIOD,
    article,
    busy_day,
    clock,
    history,
    letter,
    normal_day,
    sources,
    state,
    stories,
)
from tests.golden.digest.hostile import ADDRESSES, WORDS, hostile_day, letter_with
from tests.golden.digest.schema import letter_schema
from tests.golden.digest.write import FOLDER, LETTERS, SCHEMA_FILE, letter_files

MAIL_TAGS = re.compile("html|head|meta|title|style|body|div|table|thead|tbody|tr|th|td|h[123]|p|span|strong|ul|li|a|br")
NOON = clock(23, "12.00")


def page_of(digest: Digest, language: str = "sv") -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(render_digest(digest, language=language).html.encode())


def visible(page: lxml.html.HtmlElement) -> str:
    """Return what a reader sees, each text on a line."""
    pieces = page.xpath("//body//text()[not(ancestor::*[@class='pre'])]")
    return "\n".join(" ".join(piece.split()) for piece in pieces if piece.strip())


def sentence_of(page: lxml.html.HtmlElement, css_class: str) -> str:
    [element] = page.xpath(f"//*[contains(concat(' ', @class, ' '), ' {css_class} ')]")
    return " ".join(element.text_content().split())


# --- golden files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "language"), LETTERS)
def test_letters_are_byte_for_byte_the_golden_ones(day: str, language: str) -> None:
    for name, content in letter_files(day, language).items():
        assert content == (FOLDER / name).read_text(encoding="utf-8"), (
            f"{name} differs: python -m tests.golden.digest.write, then read the difference"
        )


def test_the_same_digest_renders_to_the_same_bytes() -> None:
    assert render_digest(busy_day()) == render_digest(busy_day())


# --- words ---------------------------------------------------------------------------------------------


def shipped(path: str) -> str:
    return files("reports").joinpath(path).read_text(encoding="utf-8")


def msgids_of_templates() -> Iterator[str | tuple[str, ...]]:
    folder = Path(str(files("reports")))
    for path in sorted(path for path in folder.rglob("*.j2") if "out" not in path.relative_to(folder).parts):
        for _, message, _, _ in extract("jinja2", BytesIO(path.read_bytes())):
            yield message
    for path in sorted(Path("monitor/web").glob("*.py")):
        for _, message, _, _ in extract("python", BytesIO(path.read_bytes()), keywords={"msgid": None}):
            yield message


def test_every_word_of_the_templates_has_its_swedish_and_no_other_is_left() -> None:
    catalogue = read_po(StringIO(shipped("translations/sv.po")), locale="sv")
    messages = [message for message in catalogue if message.id]
    assert {message.id for message in messages} == set(msgids_of_templates())
    for message in messages:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        words = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert len(ids) == len(words)
        assert not message.fuzzy
        assert all(words), message.id
        for swedish in words:
            assert set(re.findall(r"%\(\w+\)s", swedish)) == set(re.findall(r"%\(\w+\)s", ids[-1])), message.id


@pytest.mark.parametrize("day", DAYS)
def test_no_english_word_stands_in_a_swedish_letter(day: str) -> None:
    rendered = render_digest(DAYS[day]())
    english = r"\b(the|and|of|is|are|with|missing|sources?|articles?|stor(y|ies)|usual|yesterday|today|error|fetched)\b"
    seen = f"{visible(lxml.html.document_fromstring(rendered.html.encode()))}\n{rendered.text}\n{rendered.subject}"
    seen = re.sub(r"https?://\S+", "", seen)
    assert not re.search(english, seen, re.IGNORECASE)


def test_the_english_letter_needs_no_catalogue() -> None:
    seen = visible(page_of(normal_day(), "en"))
    assert "Most important today" in seen
    assert "Viktigast" not in seen
    assert "more than on a usual Monday (11)" in seen


TOP_LINES = {
    "normal": "”Förskola stängdes efter fuktlarm: ’Vi fick veta på fredagskvällen’” dominerar, med fem artiklar i fyra "
    "källor. I allt nämner 23 artiklar om 13 händelser kommunen, fler än en vanlig måndag (11). Två "
    "händelser behöver svar, den första i dag före kl. 12.00.",
    "empty": "Inga nya artiklar nämner kommunen sedan måndag 23 november kl. 06.30. Alla källor har hämtats.",
    "degraded": "Av det som gick att hämta: ”Brunt vatten i Valla efter ledningsbyte” dominerar, med tre artiklar i "
    "tre källor. Minst 15 artiklar om elva händelser nämner kommunen. Ingen jämförelse görs, eftersom källor saknas. "
    "En händelse behöver svar, senast tisdag 1 december.",
    "degraded-empty": "Inget av det som gick att hämta nämner kommunen. Det betyder inte att inget är skrivet: källor "
    "saknas.",
    "one-article": "En artikel nämner kommunen: ”När tänds lamporna längs Djulösjön?”.",
}


@pytest.mark.parametrize("day", TOP_LINES)
def test_the_top_line_tells_the_day_in_a_few_sentences(day: str) -> None:
    assert sentence_of(page_of(DAYS[day]()), "top-p") == TOP_LINES[day]


def test_the_top_line_tells_how_much_it_is_in_every_case() -> None:
    def top_line(*articles: int, period: Period = PERIOD, about: bool = True, passing: int = 0) -> str:
        found = [
            Story(id=number, articles=(article("A", NOON, f"Nytt {number}", "", "Katrineholm.", about=about),))
            for number in range(passing or 2)
        ]
        return sentence_of(page_of(letter(found, sources(), history(articles, period), period=period)), "top-p")

    same = (11, 13, 9, 10, 12, 5, 6)
    weekend = Period(start=clock(21, "06.30"), end=clock(24, "06.30"))
    two = "Överst står ”Nytt 0”. I allt nämner två artiklar om två händelser kommunen"
    assert top_line(*same) == f"{two}, färre än en vanlig måndag (11)."
    assert top_line(*(3,) * 7) == f"{two}, ungefär som en vanlig måndag (3)."
    assert top_line(*(3,) * 7, period=weekend) == f"{two}, färre än vanligt (9)."
    assert top_line(*(1,) * 7, period=weekend) == f"{two}, ungefär som vanligt (3)."
    assert top_line(*(1,) * 7, period=weekend, passing=14).endswith("fler än vanligt (3).") is True
    assert top_line(*same, about=False) == "Ingen ny artikel handlar om kommunen. Två nämner den i förbigående."
    assert len(top_line(*same)) <= 280


def test_subject_and_preheader_fit_where_they_stand() -> None:
    subjects = {}
    for day, make in DAYS.items():
        rendered = render_digest(make())
        page = lxml.html.document_fromstring(rendered.html.encode())
        assert len(rendered.subject) <= MAX_SUBJECT
        assert page.findtext(".//title") == rendered.subject
        [preheader] = page.xpath("//meta[@name='description']/@content")
        assert 0 < len(preheader) <= MAX_PREHEADER
        assert len(sentence_of(page, "top-p")) <= 280
        subjects[day] = rendered.subject
    assert subjects["empty"] == "Mediebevakning 24 nov: inga nya träffar"
    assert subjects["degraded"] == "Ofullständig mediebevakning 24 nov: 7 av 24 källor saknas"


def test_an_incomplete_letter_never_says_less_or_nothing_new() -> None:
    for day in ("degraded", "degraded-empty"):
        rendered = render_digest(DAYS[day]())
        for form in (rendered.html, rendered.text, rendered.subject):
            assert "Inga nya" not in form
            assert "inga nya" not in form
            assert "mindre än vanligt" not in form
            assert "färre än" not in form
        assert "minst" in rendered.html
        assert "Brevet är ofullständigt" in rendered.html


def test_a_letter_can_be_incomplete_without_a_failed_source() -> None:
    old = [replace(item, last_ok=clock(23, "20.00")) for item in sources()]
    stale = render_digest(letter(stories(), old, history()))
    assert stale.subject == "Ofullständig mediebevakning 24 nov: inget hämtat sedan må kl. 20.00"
    none = render_digest(letter([], [], []))
    assert "det finns inga källor" in none.subject
    assert "feeds.txt" in none.text


def test_every_fault_says_what_it_means_for_the_reader() -> None:
    outcomes = [outcome for outcome in PollOutcome if not outcome.healthy] + [PollOutcome.EMPTY]
    states = [state(f"Källa {outcome}", outcome, last_ok=clock(20, "09.00")) for outcome in outcomes]
    states += [SourceState(source=Source(url="https://ny.example/", name="Ny källa"))]
    text = render_digest(letter(stories(), states, history())).text
    meanings = re.findall(r"^\* (.+?): . (.+?)\. (.+)$", text, re.MULTILINE)
    assert len(meanings) == len({meaning for _, _, meaning in meanings}) == len(states)
    assert "Senast hämtad fr kl. 09.00; artiklar efter det kan saknas." in text
    many = letter(stories(), states, history(), limits=Limits(faults=2))
    assert "Och 5 till." in visible(page_of(many))


def test_every_tone_has_its_mark_and_word() -> None:
    digest = normal_day()
    toned = [replace(item, tone=tone) for item, tone in zip(digest.stories, Tone, strict=False)]
    seen = visible(page_of(replace(digest, stories=tuple(toned))))
    for pill in ("– Ej bedömd", "▼ Kritisk", "▲ Positiv", "● Neutral", "◆ Blandad"):
        assert pill in seen


def test_a_story_tells_of_changes_earlier_articles_and_how_much_was_read() -> None:
    old = article("Djulöposten", clock(22, "12.00"), "I går", "", "Katrineholm i går.")
    new = article(
        "Viren Direkt", clock(23, "12.00"), "I dag", "", "Katrineholm i dag.", revised_at=clock(24, "05.00"),
        from_feed=True, note="the site refuses us (HTTP 403)", access=Access.LOCKED,
    )  # fmt: skip
    seen = visible(page_of(letter([Story(id=1, articles=(old, new))], sources(), history())))
    assert "Tidigare om samma händelse: 1 artikel." in seen
    assert "Viren Direkt, lokal webb, må kl. 12.00 (låst), ändrad ti kl. 05.00" in seen
    assert "Bara rubrik och ingress lästa: webbplatsen släppte inte in bevakningen." in seen


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (PERIOD, "I går: "),
        (Period(start=clock(23, "23.30"), end=clock(24, "23.30")), "I dag: "),
        (Period(start=clock(20, "06.30"), end=clock(23, "06.30")), "Fr 20 nov till sö 22 nov: "),
    ],
)
def test_the_chart_says_which_days_it_means(period: Period, expected: str) -> None:
    text = render_digest(letter(stories(), sources(), history(period=period), period=period)).text
    assert f"\n{expected}" in text
    digest = normal_day()
    other = replace(digest, day=date(2026, 11, 30))
    assert "\nMå 23 nov: " in render_digest(other).text


NEEDS = {
    "Därför: artikeln skriver att kommunen inte har gått att nå.": Need(rule=NeedRule.SOUGHT, due=clock(24, "12.00")),
    "Därför: en direkt fråga till kommunen.": Need(rule=NeedRule.QUESTION, due=clock(25, "16.00")),
    "Därför: riktat till socialnämnden.": Need(rule=NeedRule.APPEAL, to="socialnämnden", due=clock(26, "16.00")),
    "Därför: markerat av pressansvarig.": Need(rule=NeedRule.MARKED, role="pressansvarig", due=clock(23, "16.00")),
}


def test_what_needs_an_answer_says_why_and_by_when_in_page_and_text() -> None:
    told = [replace(one, need=need) for one, need in zip(stories(), NEEDS.values(), strict=False)]
    rendered = render_digest(letter(told, sources(), history(), judged=True, limits=Limits(needs=9)))
    seen = visible(lxml.html.document_fromstring(rendered.html.encode()))
    for because in NEEDS:
        assert because in seen
        assert because in rendered.text
    for due in ("I dag före kl. 12.00", "Senast onsdag 25 november", "Skulle ha fått svar måndag 23 november"):
        assert due in seen.replace("\u00a0", " ")
        assert f"* {due}: " in rendered.text
    assert "2 i dag, 2 senare" in seen
    assert rendered.subject.startswith("Mediebevakning 24 nov: 4 behöver svar. ")


def test_a_day_on_which_nothing_needs_an_answer_says_so_and_never_when_sources_are_missing() -> None:
    assert "Inget behöver svar" in render_digest(DAYS["empty"]()).html
    broken = render_digest(DAYS["degraded-empty"]())
    for form in (broken.html, broken.text.lower()):
        assert "nget behöver svar" not in form
    assert "Det gäller det som gick att hämta. Källor saknas." in broken.html


def test_buttons_and_links_stand_only_where_there_are_follow_up_pages() -> None:
    with_pages, without = page_of(normal_day()), page_of(replace(normal_day(), web=""))
    buttons = with_pages.xpath("//a[contains(@class, 'btn')]")
    assert {button.text for button in buttons} == {"Ta ärendet", "Följ upp"}
    for button in with_pages.xpath("//a[@aria-label]"):
        assert button.get("aria-label").startswith(button.text)
        assert button.get("href").startswith("https://bevakning.kommun.example/")
    assert not without.xpath("//a[contains(@class, 'btn') or contains(@href, 'bevakning')]")


def test_the_letter_takes_the_municipalitys_own_colour_and_no_other_text() -> None:
    assert "background-color:#5b2c83" in render_digest(replace(normal_day(), colour="#5b2c83")).html
    assert render_digest(replace(normal_day(), colour="red;}</style>")).html == render_digest(normal_day()).html


# --- form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_a_page_has_only_the_tags_that_mail_keeps(day: str) -> None:
    page = page_of(DAYS[day]())
    assert all(MAIL_TAGS.fullmatch(element.tag) for element in page.iter() if isinstance(element.tag, str))
    rendered = render_digest(DAYS[day]()).html
    for never in ("<img", "<script", "url(", "@import", "@font-face", "var(", "position:", "<link"):
        assert never not in rendered
    assert len(page.xpath("//h1")) == 1
    assert all(table.get("role") == "presentation" for table in page.xpath("//table[not(.//th)]"))
    assert len(page.xpath("//th/ancestor::table[1][not(@role)]")) <= 1
    assert len(page.xpath("//style")) == 1


@pytest.mark.parametrize("day", DAYS)
def test_every_text_carries_its_own_font_and_size(day: str) -> None:
    page = page_of(DAYS[day]())
    for text in page.xpath("//body//text()[normalize-space() and not(ancestor::*[@class='pre'])]"):
        if not text.strip("\u00a0 \n"):
            continue
        chain = [text.getparent(), *text.getparent().iterancestors()]
        styles = ";".join(element.get("style", "") for element in chain)
        assert "font-family" in styles, text
        sizes = re.findall(r"font-size:(\d+)px", styles)
        assert int(sizes[0]) >= 12, text


def test_a_letter_of_twenty_stories_fits_a_mail() -> None:
    many = [
        Story(id=number, articles=tuple(
            article(f"Källa {position}", NOON, f"Nyhet {number} om ett beslut som rör många",
                    "En ingress på två meningar står här. Den säger vad som hände och vem det rör.",
                    "Enligt Katrineholms kommun gäller det från och med i morgon.", slug=f"{number}-{position}")
            for position in range(3)
        ))
        for number in range(20)
    ]  # fmt: skip
    rendered = render_digest(letter(many, sources(), history(), limits=Limits(stories=20)))
    assert len(rendered.html.encode()) <= MAX_BYTES
    data = json.loads(rendered.json)
    assert sum(item["articles"] for item in data["stories"] + data["also"]) == 60


def test_a_letter_too_long_without_a_story_left_is_given_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.deliver.render.MAX_BYTES", 1_000)
    one = Story(id=1, articles=(article("Källa", NOON, "Katrineholm"),))
    data = json.loads(render_digest(letter([one], sources(), history())).json)
    assert (data["stories"], [item["id"] for item in data["also"]]) == ([], [1])
    assert json.loads(render_digest(letter([], sources(), history())).json)["stories"] == []


def test_a_letter_too_long_for_a_mail_moves_its_lowest_stories_to_one_line_each() -> None:
    long = "x" * 1_900
    many = [
        Story(id=number, articles=tuple(
            article(f"Källa {position}", NOON, f"Katrineholm {number}", slug=f"{number}-{position}-{long}")
            for position in range(5)
        ))
        for number in range(12)
    ]  # fmt: skip
    digest = letter(many, sources(), history())
    rendered = render_digest(digest)
    data = json.loads(rendered.json)
    assert len(rendered.html.encode()) <= MAX_BYTES
    assert 0 < len(data["stories"]) < len(digest.stories)
    for kept in range(len(data["stories"]) + 1, len(digest.stories)):
        shorter = letter(many, sources(), history(), limits=replace(digest.limits, stories=kept))
        assert len(json.loads(render_digest(shorter).json)["stories"]) == len(data["stories"]), "one more is too many"
    assert [item["id"] for item in data["stories"] + data["also"]] == [item.id for item in digest.stories]
    assert sum(item["articles"] for item in data["stories"] + data["also"]) == 60
    assert "och 1 till (5 artiklar)" in rendered.text or len(data["also"]) <= digest.limits.also


def test_the_plain_text_is_a_whole_letter() -> None:
    for day, make in DAYS.items():
        digest = make()
        text = render_digest(digest).text
        assert "\u00a0" not in text, day
        assert "&" not in text.replace("Musik & Skola", ""), day
        assert not re.search(r"</?[a-z]", text), day
        for item in digest.stories:
            assert item.lead.title in text
            assert item.lead.url in text
        for fault in digest.health.faults:
            assert f"* {fault.source}: " in text


def test_the_data_tell_their_schema_and_why_each_story_is_there() -> None:
    data = json.loads(render_digest(normal_day()).json)
    assert data["schema"] == SCHEMA
    assert data["organisation"] == "Katrineholms kommun"
    assert data["stories"][0]["lead"]["reason"] == "the name stands in the text"
    assert data["period"] == {"start": "2026-11-23T05:30:00Z", "end": "2026-11-24T05:30:00Z"}


def test_the_shipped_schema_is_that_of_the_types() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == letter_schema(), "python -m tests.golden.digest.write"


@pytest.mark.parametrize("day", [*DAYS, "hostile"])
def test_the_data_of_every_letter_fit_the_schema(day: str) -> None:
    schema = json.loads(letter_schema())
    Draft202012Validator.check_schema(schema)
    digest = hostile_day() if day == "hostile" else DAYS[day]()
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    checker.validate(json.loads(render_digest(digest).json))


def test_data_that_lack_a_part_do_not_fit_the_schema() -> None:
    data = json.loads(render_digest(normal_day()).json)
    del data["stories"][0]["lead"]["url"]
    assert not Draft202012Validator(json.loads(letter_schema())).is_valid(data)


# --- hostile text --------------------------------------------------------------------------------------


def shape(page: lxml.html.HtmlElement) -> Counter[tuple[str, tuple[str, ...]]]:
    """Count the elements of a page by name and attributes."""
    elements = (element for element in page.iter() if isinstance(element.tag, str))
    return Counter((element.tag, tuple(sorted(element.attrib))) for element in elements)


@pytest.mark.parametrize("words", WORDS)
def test_hostile_words_add_no_element_and_no_attribute(words: str) -> None:
    url = "https://tidning.example/"
    rendered = render_digest(letter_with(words, url))
    page = lxml.html.document_fromstring(rendered.html.encode())
    assert shape(page) == shape(page_of(letter_with("snälla ord", url)))
    assert not re.search("[\u00ad\u200b\u202e]", rendered.html + rendered.text + rendered.subject)
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject
    for element in page.iter():
        for name, value in element.attrib.items() if isinstance(element.tag, str) else ():
            assert not re.search("[<>]", value), (name, value)
    if words.startswith("{{"):
        assert words in visible(page)
        assert words in rendered.text


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_of_another_kind_is_text_without_a_link(url: str) -> None:
    rendered = render_digest(letter_with("snälla ord", url))
    page = lxml.html.document_fromstring(rendered.html.encode())
    assert {link.split("/")[2] for link in page.xpath("//a/@href")} == {"nere.example"}
    assert "Katrineholm snälla ord" in visible(page)
    assert "javascript" not in rendered.text.lower()


def test_an_address_cannot_leave_its_attribute() -> None:
    url = "https://user:secret@tidning.example/\"><script>alert('1')</script>?a=`b`&c= d"
    rendered = render_digest(letter_with("snälla ord", url))
    page = lxml.html.document_fromstring(rendered.html.encode())
    links = [link for link in page.xpath("//a/@href") if "tidning" in link]
    assert links
    assert not page.xpath("//script")
    for link in links:
        assert re.fullmatch(r"https://tidning\.example/[!-~]*", link)
        assert not re.search('[<>" ]', link)


def test_an_address_is_written_with_characters_that_every_program_takes() -> None:
    assert link_address("https://a.example/[x]?q=`{b}`|^") == "https://a.example/%5Bx%5D?q=%60%7Bb%7D%60%7C%5E"
    assert link_address("https://[2001:db8::1]/å") == "https://[2001:db8::1]/%C3%A5"
    assert link_address("javascript:alert(1)") == ""


def test_a_day_with_nothing_but_hostile_words_has_the_elements_of_any_other() -> None:
    page = page_of(hostile_day())
    assert all(MAIL_TAGS.fullmatch(element.tag) for element in page.iter() if isinstance(element.tag, str))
    assert all(re.match("https?://", link) for link in page.xpath("//a/@href"))
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


def test_text_for_an_attribute_is_short_and_without_its_delimiters() -> None:
    assert attr_text('a<b>"c`=' + "d" * 500) == "a b  c  " + "d" * 112


# --- a home's own templates ----------------------------------------------------------------------------


def test_a_home_replaces_a_template_style_or_catalogue_of_the_same_path(tmp_path: Path) -> None:
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest" / "letter.txt.j2").write_text("Vårt eget brev: {{ digest.articles }} <b>&</b>\n")
    (tmp_path / "digest" / "letter.css").write_text(".h1 { color:#abcdef; }\n")
    (tmp_path / "translations").mkdir()
    own = shipped("translations/sv.po").replace('msgstr "Viktigast i dag"', 'msgstr "Dagens händelser"')
    (tmp_path / "translations" / "sv.po").write_text(own, encoding="utf-8")
    rendered = render_digest(normal_day(), home_reports=tmp_path)
    assert rendered.text == "Vårt eget brev: 23 <b>&</b>\n"
    assert "color:#abcdef" in rendered.html
    assert "Dagens händelser" in rendered.html
    assert "Viktigast i dag" in render_digest(normal_day()).html


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [("Hej\n{% if %}", "digest/letter.txt.j2, line 2"), ("{{ digest.artikel }}", "artikel")],
)
def test_a_wrong_template_of_the_home_is_told_in_a_sentence(tmp_path: Path, wrong: str, expected: str) -> None:
    (tmp_path / "digest").mkdir()
    (tmp_path / "digest" / "letter.txt.j2").write_text(wrong)
    with pytest.raises(DeliveryError, match=expected):
        render_digest(normal_day(), home_reports=tmp_path)


def test_homes_without_templates_of_their_own_share_compiled_ones_until_they_have_some(tmp_path: Path) -> None:
    (tmp_path / "first" / "out").mkdir(parents=True)
    shared = open_templates("sv", None)
    assert open_templates("sv", tmp_path / "first") is shared
    assert open_templates("en", tmp_path / "first") is not shared
    (tmp_path / "first" / "notices").mkdir()
    assert open_templates("sv", tmp_path / "first") is not shared


def test_a_folder_without_templates_changes_nothing(tmp_path: Path) -> None:
    assert render_digest(normal_day(), home_reports=tmp_path / "none") == render_digest(normal_day())


def test_folded_articles_beyond_four_are_counted() -> None:
    flood = tuple(
        article(f"Källa {number}", NOON + timedelta(minutes=number), f"Brand {number}", "", "Katrineholm brinner.")
        for number in range(10)
    )
    rendered = render_digest(letter([Story(id=1, articles=flood)], sources(), history()))
    assert "- och 5 till" in rendered.text
    assert "och 5 till" in visible(lxml.html.document_fromstring(rendered.html.encode()))
