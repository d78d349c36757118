"""A mailbox of alerts: read from a real server, and from servers that misbehave."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.crawl import mailbox
from monitor.crawl.base import Polled
from monitor.crawl.mail_server import Account, MailboxError
from monitor.crawl.mailbox import Wish, collect, put_away
from monitor.models import PollOutcome
from spiders.inbox import InboxSpider
from tests.command import monitor
from tests.core.mails.samples import google_alert, google_item, mail
from tests.crawl.dovecot import PASSWORD, USER, Dovecot
from tests.crawl.kinds import Fake
from tests.crawl.kinds import poll as poll_kind
from tests.deliver.post_office import make_certificate
from tests.loopback import Answer, Web

NOBODY = Fake(lambda _path, _asked: Answer())
SECRET = {"MONITOR_MAIL": PASSWORD}
TODAY = datetime.now(UTC)
"""A mail server notes by its own clock when a mail came."""


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with Dovecot() as running:
        yield running


@pytest.fixture
def folder(server: Dovecot, request: pytest.FixtureRequest) -> str:
    """A folder of the account that only this test uses."""
    name = request.node.name.removeprefix("test_")[:60]
    server.make(name)
    return str(name)


def poll(
    server: Dovecot,
    folder: str,
    *,
    cursor: Mapping[str, object] | None = None,
    senders: str = "",
    **options: str,
) -> Polled:
    line: dict[str, Any] = {"password": "env:MONITOR_MAIL", "ca_file": "localhost.pem", **options}
    return poll_kind(
        InboxSpider,
        NOBODY,
        f"imaps://{USER}@localhost:{server.port}/{folder}",
        now=TODAY,
        cursor=cursor,
        home=server.folder,
        environment=SECRET,
        allow_hosts=(f"localhost:{server.port}",),
        **line | ({"from": senders} if senders else {}),
    )


def text(number: int) -> bytes:
    return mail(f"Mail nummer {number}", plain=f"Katrineholm {number}.")


def titles(polled: Polled) -> list[str]:
    return [entry.title for entry in polled.entries]


# --- a real server -------------------------------------------------------------------------------------


def test_new_mails_are_read_once_and_marked_only_when_saved(server: Dovecot, folder: str) -> None:
    server.put(text(1), folder=folder)
    server.put(text(2), folder=folder, flags=r"(\Flagged)")
    first = poll(server, folder)
    assert (first.poll.outcome, titles(first)) == (PollOutcome.OK, ["Mail nummer 1", "Mail nummer 2"])
    assert server.flags(folder) == ["", r"\Flagged"], "looking marks nothing"
    assert first.saved
    server.put(text(3), folder=folder)
    first.saved()
    assert server.flags(folder) == [r"\Seen", r"\Flagged \Seen", ""]
    second = poll(server, folder, cursor=first.cursor)
    assert titles(second) == ["Mail nummer 3"]
    third = poll(server, folder, cursor=second.cursor)
    assert (third.poll.outcome, third.saved, third.cursor) == (PollOutcome.NOT_MODIFIED, None, second.cursor)


def test_mails_are_moved_to_a_folder_and_nothing_else_is_expunged(server: Dovecot, folder: str) -> None:
    server.put(text(1), folder=folder)
    server.put(text(2), folder=folder, flags=r"(\Deleted)")
    without = poll(server, folder, done="Finns inte")
    assert without.poll.outcome is PollOutcome.UNREADABLE
    assert 'there is no folder "Finns inte" (there are: ' in without.poll.reason
    assert "INBOX" in without.poll.reason
    server.make("L&AOQ-sta")
    polled = poll(server, folder, done="Lästa", senders="exempel.se")
    server.put(text(3), folder=folder)
    assert polled.saved
    polled.saved()
    assert server.flags(folder) == [""], "the mail that came meanwhile stays"
    assert len(server.flags("L&AOQ-sta")) == 2


def test_a_folder_that_was_made_anew_is_read_from_its_beginning(server: Dovecot, folder: str) -> None:
    server.put(text(1), text(2), folder=folder)
    before = poll(server, folder)
    assert before.cursor
    assert before.saved
    account = account_of(server, folder)
    anew = {"validity": 1, "uid": before.cursor["uid"]}
    assert titles(poll(server, folder, cursor=anew)) == titles(before)
    with pytest.raises(MailboxError, match="made anew"):
        put_away(account, 1, [1], "")
    assert server.flags(folder) == ["", ""]


def test_only_mails_of_the_senders_that_are_named_are_fetched(server: Dovecot, folder: str) -> None:
    server.put(
        mail("Ett larm", sender="googlealerts-noreply@google.com"),
        mail("Något annat", sender="en.person@exempel.se"),
        folder=folder,
    )
    polled = poll(server, folder, senders="google.com; bladet.example")
    assert titles(polled) == ["Ett larm"]
    assert "senders that from= does not name, which were left: 1" in polled.poll.reason
    assert polled.saved
    polled.saved()
    assert server.flags(folder) == [r"\Seen", ""]
    assert polled.cursor
    assert polled.cursor["uid"] == 2


def test_a_mail_that_is_too_large_is_told_and_left(
    server: Dovecot, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MAX_MAIL", 2_000)
    server.put(mail("Stor", plain="x" * 3_000), text(1), folder=folder)
    polled = poll(server, folder)
    assert titles(polled) == ["Mail nummer 1"]
    assert "which were left: 1" in polled.poll.reason
    server.put(mail("Stor igen", plain="x" * 3_000), folder=folder)
    assert poll(server, folder, cursor=polled.cursor).poll.outcome is PollOutcome.UNREADABLE


def test_what_one_poll_cannot_take_waits_for_the_next(
    server: Dovecot, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put(*(text(number) for number in range(5)), folder=folder)
    monkeypatch.setattr(mailbox, "MAX_MAILS", 2)
    first = poll(server, folder)
    assert titles(first) == ["Mail nummer 0", "Mail nummer 1"]
    assert "mails that wait for the next poll: 3" in first.poll.reason
    monkeypatch.setattr(mailbox, "_ROOM", 1)
    assert titles(poll(server, folder, cursor=first.cursor)) == ["Mail nummer 2"]


def test_a_mail_that_cannot_be_read_does_not_stop_the_others_for_ever(server: Dovecot, folder: str) -> None:
    server.put(b"X: y\r\n\r\n\r\n", folder=folder)
    polled = poll(server, folder)
    assert polled.poll.outcome is PollOutcome.UNREADABLE
    assert "was left: the mail holds neither a subject nor a text" in polled.poll.reason
    assert polled.saved is None
    assert poll(server, folder, cursor=polled.cursor).poll.outcome is PollOutcome.NOT_MODIFIED


def test_old_mails_are_not_read_at_the_first_poll(server: Dovecot, folder: str) -> None:
    server.put(text(1), folder=folder)
    wish = Wish(since=TODAY.date().replace(year=TODAY.year + 1))
    assert collect(account_of(server, folder), wish).mails == {}


def test_an_empty_folder_is_told_at_the_first_poll_and_is_as_usual_later(server: Dovecot, folder: str) -> None:
    first = poll(server, folder)
    assert first.poll.outcome is PollOutcome.EMPTY
    assert poll(server, folder, cursor=first.cursor).poll.outcome is PollOutcome.NOT_MODIFIED


def test_a_wrong_password_is_told_without_it(server: Dovecot) -> None:
    (server.folder / "secrets").mkdir()
    secret = server.folder / "secrets" / "mail"
    secret.write_text("ett-fel-losenord")
    secret.chmod(0o600)
    polled = poll(server, "INBOX", password="file:secrets/mail")  # noqa: S106 (where it stands)
    assert polled.poll.outcome is PollOutcome.BLOCKED
    assert f"localhost does not let {USER} in with this password" in polled.poll.reason
    assert "ett-fel" not in repr(polled)
    assert PASSWORD not in repr(account_of(server, "INBOX"))


def test_a_folder_that_is_not_there_is_told_with_those_that_are(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled = poll(server, "Larmen")
    assert polled.poll.outcome is PollOutcome.UNREADABLE
    assert 'there is no folder "Larmen" (there are: ' in polled.poll.reason
    monkeypatch.setattr(mailbox, "_NAMES_SHOWN", 0)
    assert "and more)" in poll(server, "Larmen").poll.reason


def test_the_certificate_is_checked_against_the_name(server: Dovecot, tmp_path: Path) -> None:
    for ca_file, said in (("", "self-signed"), ("annan.pem", "self-signed"), ("finns-inte.pem", "no certificates")):
        make_certificate(tmp_path, "annan")
        shutil.copy(tmp_path / "annan.pem", server.folder)
        polled = poll(server, "INBOX", ca_file=ca_file)
        assert polled.poll.outcome in {PollOutcome.BLOCKED, PollOutcome.UNREADABLE}
        assert said in polled.poll.reason
    by_address = account_of(server, "INBOX", host="127.0.0.1")
    with pytest.raises(MailboxError, match=r"cannot be trusted .*IP address mismatch"):
        collect(by_address, Wish(since=TODAY.date()))


def test_a_crawl_reads_the_alerts_and_fetches_what_they_tell_of(
    server: Dovecot, folder: str, make_home: Callable[..., Path], web: Web
) -> None:
    web["/nyheter/ny-skola"] = "<title>Ny skola</title><article><p>Katrineholms kommun bygger en skola.</p></article>"
    rows = [google_item(f"{web.url}/nyheter/ny-skola", "Ny skola", "Bladet", "Den byggs", marked=True)]
    server.put(mail("Google Alert - Katrineholm", page=google_alert(*rows)), folder=folder)
    line = f"inbox imaps://{USER}@localhost:{server.port}/{folder} password=file:secrets/mail ca_file=localhost.pem"
    home = make_home(line)
    settings = home / "monitor.toml"
    allowed = f'["localhost:{server.port}", '
    settings.write_text(settings.read_text().replace("allow_hosts = [", f"allow_hosts = {allowed}"))
    shutil.copy(server.folder / "localhost.pem", home)
    (home / "secrets").mkdir()
    (home / "secrets" / "mail").write_text(PASSWORD)
    (home / "secrets" / "mail").chmod(0o600)
    done = monitor("crawl", "--home", home, now=TODAY.isoformat())
    assert done.code == 0, done
    with sqlite3.connect(home / "monitor.db") as db:
        assert db.execute("select url, title from entries").fetchall() == [(f"{web.url}/nyheter/ny-skola", "Ny skola")]
        assert db.execute("select state from pages").fetchall() == [("kept",)]
    assert server.flags(folder) == [r"\Seen"]


def account_of(server: Dovecot, folder: str, host: str = "localhost") -> Account:
    return Account(
        host=host,
        port=server.port,
        user=USER,
        folder=folder,
        secret=PASSWORD,
        ca_file=server.folder / "localhost.pem",
        allow_hosts=(f"{host}:{server.port}",),
    )
