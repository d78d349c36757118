"""Alerts, newsletters and other mails, each read without asking anybody."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.mails import comes_from, read_mail
from monitor.core.mails.addresses import find_site, find_target
from monitor.core.mails.items import MAX_ITEMS, items_of_page, items_of_text
from monitor.core.mails.reading import Split
from monitor.models import Entry, Outcome
from tests.core.mails.samples import GOOGLE, google_alert, google_item, mail, newsletter, newsletter_row

NOW = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
SENT = datetime(2026, 11, 23, 13, 10, tzinfo=UTC)
TEXTS = [(f"https://bladet.example/nyheter/{n}-ny-bro", f"Ny bro nummer {n}", f"Bro {n} är klar.") for n in range(1, 4)]


def read(body: bytes, *, split: Split = "auto", whole: bool = False) -> tuple[Entry, ...]:
    reading = read_mail(body, NOW, split=split, whole=whole)
    assert reading.outcome is Outcome.OK, reading.reason
    return reading.entries


# --- alerts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marked", [True, False])
def test_each_hit_of_a_google_alert_is_an_entry_with_its_real_address(marked: bool) -> None:
    rows = [
        google_item(
            "https://bladet.example/a%3Fid%3D7",
            "Ny skola i <b>Katrineholm</b>",
            "Bladet",
            "Den byggs&nbsp;...",
            marked=marked,
        ),
        google_item("https://www.youtube.com/watch?v=x", "Film", "YouTube", "Från torget", marked=marked),
    ]
    first, second = read(mail("Google Alert - Katrineholm", page=google_alert(*rows)))
    assert (first.url, first.title) == ("https://bladet.example/a?id=7", "Ny skola i Katrineholm")
    assert (first.summary, first.content, first.whole) == ("Bladet Den byggs ...", "", False)
    assert first.published == SENT
    assert (second.title, second.summary) == ("Film", "YouTube Från torget")
    assert "Dela" not in repr(first) + repr(second)


@pytest.mark.parametrize("marked", [True, False])
def test_the_only_hit_of_an_alert_is_not_judged_by_the_words_of_the_alert_itself(marked: bool) -> None:
    row = google_item("https://bladet.example/a", "Ny skola", "Bladet", "Den byggs", marked=marked)
    (entry,) = read(mail("Google Alert - Katrineholm", page=google_alert(row)))
    assert entry.title == "Ny skola"
    assert "Katrineholm" not in entry.summary + entry.content


def test_an_alert_in_plain_text_alone_is_taken_apart_too() -> None:
    link = GOOGLE.format("https://bladet.example/a").replace("&amp;", "&")
    other = GOOGLE.format("https://bladet.example/b").replace("&amp;", "&")
    plain = (
        "=== Nyheter - 2 nya resultat för [Katrineholm] ===\n\n"
        f"Ny skola i Katrineholm\nBladet\nDen byggs i höst.\n<{link}>\n\n"
        f"Ny bro i Katrineholm\n\n{other}\n\nAvsluta prenumerationen:\n<https://www.google.com/alerts/remove?s=x>\n"
    )
    first, second = read(mail("Google Alert - Katrineholm", plain=plain))
    assert (first.url, first.title) == ("https://bladet.example/a", "Ny skola i Katrineholm")
    assert first.summary == "Bladet\nDen byggs i höst."
    assert (second.url, second.title) == ("https://bladet.example/b", "Ny bro i Katrineholm")


# --- newsletters ---------------------------------------------------------------------------------------


def test_each_text_of_a_newsletter_is_an_entry_with_headline_and_lead() -> None:
    page = newsletter(*(newsletter_row(*text) for text in TEXTS))
    entries = read(mail("Veckans nyheter", page=page, plain="Se brevet i webbläsaren", List_Id="<brev.bladet.example>"))
    assert [(entry.url, entry.title, entry.summary) for entry in entries] == [
        (url, title, f"{title} {said}".replace(title, "", 1).strip()) for url, title, said in TEXTS
    ]


def test_what_the_line_says_decides_whether_a_mail_is_taken_apart() -> None:
    page = newsletter(*(newsletter_row(*text) for text in TEXTS[:2]))
    assert [entry.whole for entry in read(mail("Två nyheter", page=page, List_Unsubscribe="<https://x.se>"))] == [True]
    assert len(read(mail("Två nyheter", page=page), split="yes")) == 2
    assert len(read(mail("Fler", page=newsletter(*(newsletter_row(*text) for text in TEXTS)), Precedence="bulk"))) == 3
    (entry,) = read(mail("Alla", page=page, List_Id="<x>"), split="no")
    assert "Ny bro nummer 1" in entry.content


def test_of_several_links_to_one_text_the_longest_is_its_headline() -> None:
    links = ["Här är bron", "Den nya bron i byn är klar", "Bilder av bron"]
    page = "".join(f'<p><a href="https://bladet.example/a">{words}</a></p>' for words in links)
    assert [item.title for item in items_of_page(page)] == ["Den nya bron i byn är klar"]


def test_with_whole_no_page_of_an_item_is_wanted() -> None:
    page = newsletter(*(newsletter_row(*text) for text in TEXTS))
    entries = read(mail("Veckans nyheter", page=page, List_Id="<x>"), whole=True)
    assert [(entry.url, entry.whole, entry.content) for entry in entries] == [
        (url, True, said) for url, _, said in TEXTS
    ]


def test_a_link_that_hides_where_it_leads_is_never_followed_nor_kept() -> None:
    rows = [
        newsletter_row(
            f"https://bladet.us1.list-manage.com/track/click?u=5&id={n}", f"Ny bro nummer {n}", "Den är klar."
        )
        for n in range(3)
    ]
    entries = read(mail("Nyheter", page=newsletter(*rows), List_Id="<x>"))
    assert [(entry.url, entry.whole, entry.content) for entry in entries] == [("", True, "Den är klar.")] * 3
    assert "list-manage" not in repr(entries)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://bladet.example/a?utm_source=brev", "https://bladet.example/a?utm_source=brev"),
        ("https://x.r.eu-west-1.awstrack.me/L0/https:%2F%2Fbladet.example%2Fa/1/0102/abc=1", "https://bladet.example/a"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbladet.example%2Fa&data=05", "https://bladet.example/a"),
        ("https://secure-web.cisco.com/1a2B3c/https%3A%2F%2Fbladet.example%2Fa", "https://bladet.example/a"),
        ("https://click.bladet.example/?qs=8f1d02a94c9e1b5de65f5f2d9b", ""),
        ("https://link.bladet.example/nyheter/ny-skola-i-katrineholm-byggs", "https://link.bladet.example/nyheter/ny-skola-i-katrineholm-byggs"),
        ("https://substack.com/redirect/2/eyJlIjoiaHR0cHM6Ly9ibGFkZXQ", ""),
        ("https://u1.ct.sendgrid.net/ls/click?upn=abc", ""),
        ("https://bladet.example/", None),
        ("https://bladet.example/avsluta?e=en.person@kommun.example", None),
        ("https://bladet.example/avsluta?e=en.person%40kommun.example", None),
        ("https://www.facebook.com/n/?kommunen", None),
        ("https://www.linkedin.com/comm/feed/update/1", None),
        ("mailto:en.person@kommun.example", None),
        ("javascript:alert(1)", None),
    ],
)  # fmt: skip
def test_where_a_link_leads_is_read_out_of_the_link(link: str, target: str | None) -> None:
    assert find_target(link) == target


def test_the_sites_of_a_mail_are_noted_without_what_tells_who_reads_it() -> None:
    assert find_site("https://bladet.example/") == "https://bladet.example/"
    assert find_site("https://u1.ct.sendgrid.net/ls/click?upn=abc") == ""
    assert find_site("https://bladet.example/u?m=en.person%40kommun.example") == ""


# --- one text ------------------------------------------------------------------------------------------


def test_a_notification_of_a_closed_network_is_one_text_without_its_links() -> None:
    page = "<p>Byalaget nämnde Katrineholms kommun:</p><p>När plogas vägen?</p>" + "".join(
        f'<p><a href="https://www.facebook.com/n/?x={n}&mid=hemligt">Visa inlägget hos Facebook nu</a></p>'
        for n in range(4)
    )
    (entry,) = read(mail("Byalaget nämnde er", page=page, List_Unsubscribe="<https://www.facebook.com/o.php>"))
    assert (entry.url, entry.whole, entry.links) == ("", True, ())
    assert "När plogas vägen?" in entry.content
    assert "hemligt" not in repr(entry)


def test_who_sent_a_mail_or_passed_it_on_is_not_kept() -> None:
    head = "Från: En Person <person@exempel.se>\nTill: registrator@kommun.example\n> Cc: fler@exempel.se\nÄmne: Bron"
    plain = f"FYI\n\n{head}\n\nBron är trasig."
    (entry,) = read(mail("VB: Bron", plain=plain, sender="annan.person@exempel.se"))
    assert entry.content == "FYI\nÄmne: Bron\nBron är trasig."
    assert "@exempel.se" not in repr(entry).replace(entry.key, "")


def test_a_mail_in_any_charset_is_read() -> None:
    for charset in ("utf-8", "iso-8859-1", "windows-1252", "finns-inte", ""):
        said = "Bron över ån är öppen".encode("utf-8" if charset in {"utf-8", ""} else "latin-1")
        body = f"Subject: Bron\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode() + said
        assert read(body)[0].content == "Bron över ån är öppen", charset


# --- whose mails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "fits"),
    [
        (b"From: Google Alerts <googlealerts-noreply@google.com>\r\n", True),
        (b"From: x@mail.google.com", True),
        (b"From: REDAKTION@Bladet.example", True),
        (b"From: annan@bladet.example", False),
        (b"From: x@evilgoogle.com", False),
        (b'From: "x@google.com" <x@evil.example>', False),
        (b"From: x@google.com, y@evil.example", False),
        (b"From: =?utf-8?q?x=40google.com?= <x@evil.example>", False),
        (b"From: x@google.com.evil.example", False),
        (b"From: ingen", False),
        (b"", False),
        (b"From: x@google.com" + b", x@google.com" * 1_000, False),
    ],
)
def test_only_mails_from_the_senders_that_are_named_fit(header: bytes, fits: bool) -> None:
    assert comes_from(header, ["google.com", " redaktion@bladet.example"]) is fits


# --- hostile mails -------------------------------------------------------------------------------------


def test_a_subject_with_line_ends_in_it_stays_one_line() -> None:
    body = b"Subject: =?utf-8?q?Ny_skola=0D=0ABcc:_x=40y.se?=\r\nDate: Mon, 23 Nov 2026 14:10:00 +0100\r\n\r\nhej\r\n"
    (entry,) = read(body)
    assert entry.title == "Ny skola Bcc: x@y.se"


def test_parts_within_parts_without_end_do_not_end_the_reader() -> None:
    deep = "Subject: djup\r\n" + "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(500)
    )
    assert read_mail(deep.encode(), NOW).outcome in {Outcome.OK, Outcome.REFUSED}
    message = EmailMessage()
    message["Subject"] = "bred"
    message["Date"] = "när som helst"
    message.set_content("Hej")
    for _ in range(50):
        message.add_attachment(b"PK", maintype="application", subtype="zip")
    assert read(message.as_bytes())[0].content == "Hej"


def test_a_mail_lists_a_hundred_things_at_most() -> None:
    rows = [
        newsletter_row(f"https://bladet.example/n/{n}", f"Ny bro nummer {n}", "Klar.") for n in range(MAX_ITEMS + 5)
    ]
    assert len(items_of_page(newsletter(*rows))) == MAX_ITEMS
    plain = "\n\n".join(f"Ny bro nummer {n}\nhttps://bladet.example/n/{n}" for n in range(MAX_ITEMS + 5))
    assert len(items_of_text(plain)) == MAX_ITEMS
    assert items_of_page("<p>" * 1_000_000) == []
    assert items_of_page("<!-- -->") == []


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_of_mails_raise(body: bytes) -> None:
    read_mail(body, NOW)
    read_mail(b"Subject: x\r\nList-Id: y\r\nContent-Type: text/html\r\n\r\n" + body, NOW, split="yes")
    read_mail(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + body + b"\r\n--b--", NOW)
    comes_from(body, ["google.com"])


@settings(max_examples=50)
@given(st.text(max_size=100))
def test_no_text_makes_the_readers_of_items_raise(text: str) -> None:
    items_of_page(f'<a href="{text}">{text}</a><h2><a href="https://bladet.example/a">{text}</a></h2>')
    items_of_text(f"{text}\nhttps://bladet.example/a{text}\n\n{text}")
