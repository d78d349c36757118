"""Letters over a real SMTP conversation on loopback: what arrives is what was meant, whatever the server does."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import clean_line
from monitor.deliver.channels import Fate, Message, Receipt
from monitor.deliver.mail import MailChannel, Security, Sender, Server, build_mail
from monitor.deliver.render import render_digest
from tests.deliver.post_office import Certificate, Dripper, PostOffice, closed_port, knows, make_certificate
from tests.golden.digest import days

SECRET = f"åäö {secrets.token_urlsafe(6)}"
NOW = datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
SENDER = Sender(
    address="bevakning@kommun.example",
    name="Mediebevakning Malmö – Östra Göinge och Älvdalens förvaltningar",
    list_id="malmo.letter.kommun.example",
    reply_to="kommunikation@kommun.example",
)
SUBJECTS = [
    "Mediebevakning 24 nov: 23 artiklar. Förskola stängdes efter fuktlarm",
    "Mediebevakning 24 nov: inga nya träffar",
    "Ofullständig mediebevakning 24 nov: 7 av 24 källor saknas",
    "åäö ÅÄÖ é – ”citat” … 1 234",
    "Kort",
    "Stängd förskola " * 4,
]
HOSTILE = [
    "=?utf-8?q?a=0D=0ABcc:_x?=",
    "=?utf-8?b?YQ0KQmNjOiB4?= och mer",
    "a\r\nBcc: x@evil.example",
    "a\nBcc: x@evil.example\n\nbody",
    "a\u2028Bcc: x\u2029\x85\x0b\x0c\x00b",
    "Rubrik\r\n\r\n<script>alert(1)</script>",
]


def letter(
    subject: str = SUBJECTS[0], to: str = "a@kommun.example", html: str = "<p>Hej</p>\n", text: str = "Hej\n"
) -> Message:
    return Message(
        key="digest-2026-11-24.malmo.0123456789abcdef@kommun.example",
        to=to,
        name="Kommunikation på stadskontoret",
        subject=subject,
        text=text,
        html=html,
        unsubscribe=(
            "https://bevakning.kommun.example/utskick/avsluta/AbCdEf0123456789_-",
            "mailto:bevakning@kommun.example?subject=avsluta",
        ),
    )


def server(office: PostOffice, **more: object) -> Server:
    values = {"host": "127.0.0.1", "port": office.port, "security": Security.NONE, "timeout": 5.0, **more}
    return Server(**values)  # type: ignore[arg-type]  # whatever a test wants to differ


def channel(to: Server) -> MailChannel:
    return MailChannel(to, SENDER, language="sv", clock=lambda: NOW)


def deliver(to: Server, *messages: Message) -> list[Receipt]:
    way = channel(to)
    try:
        return [way.deliver(message) for message in messages]
    finally:
        way.close()


def build(message: Message) -> bytes:
    return build_mail(message, SENDER, language="sv", date=NOW)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as open_office:
        yield open_office


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


# --- what arrives --------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_swedish_subject_survives_the_journey(office: PostOffice, subject: str) -> None:
    (receipt,) = deliver(server(office), letter(subject))
    assert receipt.fate is Fate.SENT
    (arrived,) = office.arrived
    assert arrived.read["Subject"] == subject.strip()


@pytest.mark.parametrize("day", ["normal_day", "empty_day", "degraded_day", "busy_day"])
def test_both_bodies_arrive_byte_for_byte(office: PostOffice, day: str) -> None:
    rendered = render_digest(getattr(days, day)())
    deliver(server(office), letter(rendered.subject, html=rendered.html, text=rendered.text))
    (arrived,) = office.arrived
    assert arrived.body("html") == rendered.html
    assert arrived.body("plain") == rendered.text
    assert max(map(len, arrived.raw.split(b"\r\n"))) <= 78
    assert arrived.raw.isascii()


def test_lines_that_mean_something_to_mail_arrive_as_they_are(office: PostOffice) -> None:
    text = "From början till slut\n.\n..\n.punkt\nslut \n\ttabb\n= 3D\n" + "å" * 400 + "\n"
    deliver(server(office), letter(text=text, html=f"<pre>\n{text}</pre>\n"))
    (arrived,) = office.arrived
    assert arrived.body("plain") == text
    assert arrived.body("html") == f"<pre>\n{text}</pre>\n"


def test_the_headers_are_those_of_the_recipe(office: PostOffice) -> None:
    deliver(server(office), letter())
    (arrived,) = office.arrived
    read = arrived.read
    assert read.keys() == [
        "Content-Type", "MIME-Version", "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "List-Id",
        "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language",
    ]  # fmt: skip
    assert read["Message-ID"] == "<digest-2026-11-24.malmo.0123456789abcdef@kommun.example>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert read["Content-Language"] == "sv"
    assert str(read["List-Id"]).endswith("<malmo.letter.kommun.example>")
    assert "".join(str(read["List-Unsubscribe"]).split()) == (
        "<https://bevakning.kommun.example/utskick/avsluta/AbCdEf0123456789_->,"
        "<mailto:bevakning@kommun.example?subject=avsluta>"
    )
    # The old reader, because the modern one of CPython 3.11 puts a space between two encoded words of a name.
    sender = make_header(decode_header(str(message_from_bytes(arrived.raw)["From"])))
    assert str(sender) == "Mediebevakning Malmö – Östra Göinge och Älvdalens… <bevakning@kommun.example>"
    assert read["To"].addresses[0].display_name == "Kommunikation på stadskontoret"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in read.iter_parts()] == ["quoted-printable"] * 2
    assert arrived.sender == "bevakning@kommun.example"


def test_the_same_letter_is_the_same_bytes() -> None:
    assert build(letter()) == build(letter())


def test_a_notice_is_plain_text_alone() -> None:
    raw = build(Message(key="a@b.example", to="c@d.example", subject="Hej", text="Hej på dig\n"))
    assert b"text/html" not in raw
    assert b"Content-Type: text/plain" in raw
    assert b"List-Unsubscribe" not in raw


# --- header injection ----------------------------------------------------------------------------------


@pytest.mark.parametrize("headline", HOSTILE)
def test_a_hostile_headline_makes_no_header(office: PostOffice, headline: str) -> None:
    harmless = message_from_bytes(build(letter("Hej")))
    deliver(server(office), letter(headline))
    (arrived,) = office.arrived
    assert arrived.read.keys() == harmless.keys()
    assert "Bcc" not in arrived.read
    assert arrived.to == "a@kommun.example"
    assert len(office.arrived) == 1


@pytest.mark.parametrize("headline", HOSTILE)
def test_not_even_a_gateway_that_decodes_twice_finds_a_header_in_a_headline(headline: str) -> None:
    raw = build(letter(headline, html=""))
    line = raw.split(b"Subject: ")[1].split(b"\r\nDate:")[0].decode().replace("\r\n", "")
    once = str(make_header(decode_header(line)))
    twice = str(make_header(decode_header(once)))
    assert "\r" not in twice
    assert "\n" not in twice


KEYS = message_from_bytes(build(letter())).keys()


@given(subject=st.text(max_size=300), name=st.text(max_size=80), text=st.text(max_size=400))
def test_whatever_the_words_the_headers_stay_and_the_words_arrive(subject: str, name: str, text: str) -> None:
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    message = Message(key="a@b.example", to="c@d.example", name=name, subject=subject, text=text, html=f"<p>{text}")
    raw = build(message)
    assert raw.isascii()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    read = message_from_bytes(raw)
    assert read.keys() == [key for key in KEYS if not key.startswith("List-Unsub")]
    shown = str(make_header(decode_header(str(read["Subject"]))))
    assert " ".join(shown.split()) == " ".join(clean_line(subject).replace("=?", "= ?").split())
    plain, page = (bytes(part.get_payload(decode=True) or b"") for part in read.walk() if not part.is_multipart())
    assert plain.replace(b"\r\n", b"\n").decode() == text
    assert page.replace(b"\r\n", b"\n").decode() == f"<p>{text}"


# --- how the connection is protected -------------------------------------------------------------------


def test_starttls_with_a_login(certificate: Certificate) -> None:
    options = {"tls_context": certificate.context, "require_starttls": True, "auth_required": True,
               "authenticator": knows("bevakning", SECRET)}  # fmt: skip
    with PostOffice(options=options) as office:
        to = server(office, host="localhost", security=Security.STARTTLS, ca_file=str(certificate.file),
                    user="bevakning", password=SECRET)  # fmt: skip
        assert [receipt.fate for receipt in deliver(to, letter())] == [Fate.SENT]
        assert office.to == ["a@kommun.example"]


def test_tls_from_the_first_byte(certificate: Certificate) -> None:
    with PostOffice(options={"ssl_context": certificate.context}) as office:
        to = server(office, host="localhost", security=Security.TLS, ca_file=str(certificate.file))
        assert [receipt.fate for receipt in deliver(to, letter())] == [Fate.SENT]
        assert office.to == ["a@kommun.example"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for_gets_no_letter(certificate: Certificate, security: Security) -> None:
    direct = {"ssl_context": certificate.context}
    later = {"tls_context": certificate.context}
    with PostOffice(options=direct if security is Security.TLS else later) as office:
        (receipt,) = deliver(server(office, host="localhost", security=security), letter())
        assert receipt.fate is Fate.LATER
        assert "no safe connection" in receipt.reason
        assert "ertificate" in receipt.reason or "certificate" in receipt.reason.lower()
        assert office.arrived == []


def test_a_certificate_of_another_host_gets_no_letter(tmp_path: Path) -> None:
    other = make_certificate(tmp_path, "smtp.annan.example")
    with PostOffice(options={"tls_context": other.context}) as office:
        to = server(office, host="localhost", security=Security.STARTTLS, ca_file=str(other.file))
        (receipt,) = deliver(to, letter())
        assert receipt.fate is Fate.LATER
        assert office.arrived == []


def test_a_server_without_starttls_gets_no_letter_in_the_clear(office: PostOffice) -> None:
    (receipt,) = deliver(server(office, security=Security.STARTTLS), letter())
    assert receipt.fate is Fate.LATER
    assert "nothing was sent" in receipt.reason
    assert office.arrived == []


def test_a_wrong_password_is_told_without_the_password(certificate: Certificate) -> None:
    options = {"tls_context": certificate.context, "auth_required": True, "authenticator": knows("bevakning", SECRET)}
    with PostOffice(options=options) as office:
        to = server(office, host="localhost", security=Security.STARTTLS, ca_file=str(certificate.file),
                    user="bevakning", password=f"inte {SECRET}")  # fmt: skip
        (receipt,) = deliver(to, letter())
        assert receipt.fate is Fate.LATER
        assert "does not accept user name and password: 535" in receipt.reason
        assert SECRET not in receipt.reason + repr(to)
        assert office.arrived == []


def test_a_check_connects_and_logs_in_and_sends_nothing(office: PostOffice) -> None:
    assert channel(server(office)).check() == Receipt(Fate.SENT)
    assert office.connections == 1
    assert office.arrived == []
    assert channel(Server(host="127.0.0.1", port=closed_port(), security=Security.NONE)).check().fate is Fate.LATER


# --- what a server may do ------------------------------------------------------------------------------


def test_several_letters_take_one_connection(office: PostOffice) -> None:
    receipts = deliver(server(office), *(letter(to=f"{who}@kommun.example") for who in "abc"))
    assert [receipt.fate for receipt in receipts] == [Fate.SENT] * 3
    assert office.to == ["a@kommun.example", "b@kommun.example", "c@kommun.example"]
    assert office.connections == 1


@pytest.mark.parametrize(("answer", "fate"), [("550 5.1.1 No such user", Fate.REFUSED), ("451 Try later", Fate.LATER)])
def test_a_refused_recipient_stops_no_other(answer: str, fate: Fate) -> None:
    with PostOffice(rcpt=lambda address: answer if address.startswith("b") else "250 OK") as office:
        receipts = deliver(server(office), *(letter(to=f"{who}@kommun.example") for who in "abc"))
        assert [receipt.fate for receipt in receipts] == [Fate.SENT, fate, Fate.SENT]
        assert answer in receipts[1].reason
        assert office.to == ["a@kommun.example", "c@kommun.example"]


@pytest.mark.parametrize(("answer", "fate"), [("554 Not wanted", Fate.REFUSED), ("452 Full", Fate.LATER)])
def test_a_refused_letter_is_told_in_the_servers_words(answer: str, fate: Fate) -> None:
    with PostOffice(data=lambda: answer) as office:
        first, second = deliver(server(office), letter(), letter(to="b@kommun.example"))
        assert (first.fate, second.fate) == (fate, fate)
        assert answer in first.reason


def test_a_server_that_closes_with_421_is_called_again() -> None:
    answers = iter(["421 Too busy", "250 OK"])
    with PostOffice(rcpt=lambda _address: next(answers)) as office:
        first, second = deliver(server(office), letter(), letter(to="b@kommun.example"))
        assert (first.fate, second.fate) == (Fate.LATER, Fate.SENT)
        assert office.connections == 2


def test_a_server_that_hangs_up_after_the_letter_leaves_it_unknown_and_the_next_goes() -> None:
    answers = iter([None, "250 OK"])
    with PostOffice(data=lambda: next(answers)) as office:
        first, second = deliver(server(office), letter(), letter(to="b@kommun.example"))
        assert (first.fate, second.fate) == (Fate.UNKNOWN, Fate.SENT)
        assert "fell silent when it had the letter" in first.reason
        assert office.to == ["a@kommun.example", "b@kommun.example"]


def test_a_server_too_slow_to_say_yes_leaves_the_letter_unknown() -> None:
    with PostOffice(seconds=1.0) as office:
        (receipt,) = deliver(server(office, timeout=0.2), letter())
        assert receipt.fate is Fate.UNKNOWN


def test_a_server_that_never_stops_talking_is_cut_off() -> None:
    with Dripper() as dripper:
        to = Server(host="127.0.0.1", port=dripper.port, security=Security.NONE, timeout=5.0, patience=0.3)
        (receipt,) = deliver(to, letter())
        assert receipt.fate is Fate.LATER


def test_a_server_that_is_down_is_tried_twice_and_then_left_alone() -> None:
    to = Server(host="127.0.0.1", port=closed_port(), security=Security.NONE)
    receipts = deliver(to, *(letter(to=f"{who}@kommun.example") for who in "abc"))
    assert [receipt.fate for receipt in receipts] == [Fate.LATER] * 3
    assert "cannot be reached: Connection refused" in receipts[0].reason
    assert "not tried" in receipts[2].reason


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_a_host_that_no_server_can_have_is_told(host: str) -> None:
    (receipt,) = deliver(Server(host=host, security=Security.NONE), letter())
    assert receipt.fate is Fate.LATER
    assert "cannot be reached" in receipt.reason
