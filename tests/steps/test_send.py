"""From the outbox to people, over SMTP and HTTP on loopback: once, to everybody, whatever goes wrong."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from monitor.config import Home
from monitor.core.digest import Digest
from monitor.deliver.channels import Message, Receipt
from monitor.deliver.render import render_digest
from monitor.errors import StoreError, UsageError
from monitor.models import Clock
from monitor.steps.alert import send_alerts
from monitor.steps.group import group
from monitor.steps.publish import period_of
from monitor.steps.send import Result, Sending, approve, hand_over, letter_of, send_letter
from monitor.steps.watchdog import watch
from monitor.store import articles as article_store
from monitor.store import outbox
from monitor.store.db import to_text
from monitor.store.outbox import Parcel, State
from tests.deliver.homes import ALL, PEOPLE, save, store_letter, write_home
from tests.deliver.post_office import PostOffice, closed_port
from tests.golden.digest import days

DAY = date(2026, 11, 24)
ITEM = f"letter {DAY}"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as open_office:
        yield open_office


@pytest.fixture
def home(tmp_path: Path, office: PostOffice) -> Home:
    return write_home(tmp_path / "home", office.port)


@pytest.fixture
def letter(db: Database) -> Digest:
    digest = days.normal_day()
    store_letter(db, digest)
    return digest


@pytest.fixture
def send(home: Home, db: Database, clock: Clock) -> Callable[..., Sending]:
    def run(**more: bool) -> Sending:
        return send_letter(home, db, clock, sleep=lambda _seconds: None, **more)

    return run


def results(sending: Sending) -> dict[str, Result]:
    return {outcome.recipient.partition("@")[0]: outcome.result for outcome in sending.outcomes}


# --- the letter ----------------------------------------------------------------------------------------


def test_everybody_gets_the_letter_they_want(office: PostOffice, letter: Digest, send: Callable[..., Sending]) -> None:
    assert set(results(send()).values()) == {Result.SENT}
    assert sorted(office.to) == ALL
    leaders, staff, school = office.arrived
    whole = render_digest(letter)
    assert staff.body("html") == whole.html
    assert staff.body("plain") == whole.text
    assert staff.read["Subject"] == whole.subject
    assert "Det här är det korta brevet." in leaders.body("plain")
    assert "VIKTIGAST I DAG" not in leaders.body("plain")
    assert letter.stories[0].lead.title not in leaders.body("html").partition("</table>")[2].partition("fig-n")[2]
    assert "Bara om: Skola" in school.body("plain")
    assert "budget" not in school.body("plain")
    assert len({str(message.read["Message-ID"]) for message in office.arrived}) == 3
    assert {str(message.read["List-Unsubscribe"]) for message in office.arrived} == {
        "<mailto:bevakning@kommun.example?subject=avsluta>"
    }
    assert not any("List-Unsubscribe-Post" in message.read for message in office.arrived)
    assert all(
        str(message.read["Message-ID"]).startswith("<digest-2026-11-24.katrineholm.") for message in office.arrived
    )
    assert all("kommunikation" not in str(message.read["Message-ID"]) for message in office.arrived)


def test_run_again_nothing_is_sent_twice(office: PostOffice, letter: Digest, send: Callable[..., Sending]) -> None:
    send()
    assert set(results(send()).values()) == {Result.ALREADY}
    assert set(results(send(again=True)).values()) == {Result.ALREADY}
    assert len(office.arrived) == 3


def test_a_letter_made_anew_is_not_sent_anew(
    office: PostOffice, db: Database, letter: Digest, send: Callable[..., Sending]
) -> None:
    send()
    store_letter(db, letter, made=letter.made_at + timedelta(minutes=5))
    send()
    assert len(office.arrived) == 3


def test_one_refused_recipient_stops_no_other_and_goes_with_the_next_run(
    office: PostOffice, letter: Digest, send: Callable[..., Sending]
) -> None:
    office.rcpt = lambda address: "550 No such user" if address.startswith("komm") else "250 OK"
    sending = send()
    assert results(sending) == {"ledning": Result.SENT, "kommunikation": Result.FAILED, "skola": Result.SENT}
    failed = next(outcome for outcome in sending.outcomes if outcome.failed)
    assert "550 No such user" in failed.reason
    office.rcpt = lambda _address: "250 OK"
    assert results(send()) == {"ledning": Result.ALREADY, "kommunikation": Result.SENT, "skola": Result.ALREADY}
    assert sorted(office.to) == ALL


def test_who_is_refused_three_times_is_given_up_until_a_person_says_again(
    office: PostOffice, letter: Digest, send: Callable[..., Sending]
) -> None:
    office.rcpt = lambda address: "550 No such user" if address.startswith("komm") else "250 OK"
    for _ in range(3):
        assert results(send())["kommunikation"] is Result.FAILED
    given_up = send()
    assert results(given_up)["kommunikation"] is Result.GIVEN_UP
    assert "monitor send --again" in given_up.outcomes[1].reason
    assert results(send(pretend=True))["kommunikation"] is Result.GIVEN_UP
    office.rcpt = lambda _address: "250 OK"
    assert results(send(again=True))["kommunikation"] is Result.SENT


def test_a_server_that_is_down_keeps_the_letter_for_the_next_run(
    tmp_path: Path, db: Database, clock: Clock, letter: Digest, office: PostOffice
) -> None:
    down = write_home(tmp_path / "home", closed_port())
    first = send_letter(down, db, clock)
    assert set(results(first).values()) == {Result.FAILED}
    assert "cannot be reached" in first.outcomes[0].reason
    up = write_home(tmp_path / "home", office.port)
    assert set(results(send_letter(up, db, clock)).values()) == {Result.SENT}
    assert sorted(office.to) == ALL


def test_a_server_that_hangs_up_after_data_gets_the_same_message_id_again(
    office: PostOffice, letter: Digest, send: Callable[..., Sending]
) -> None:
    answers = iter([None])
    office.data = lambda: next(answers, "250 OK")
    sending = send()
    assert results(sending) == {"ledning": Result.UNSURE, "kommunikation": Result.SENT, "skola": Result.SENT}
    assert results(send())["ledning"] is Result.SENT
    first, *_, last = office.arrived
    assert first.to == last.to == "ledning@kommun.example"
    assert first.read["Message-ID"] == last.read["Message-ID"]
    assert len(office.arrived) == 4


def test_a_server_that_always_hangs_up_after_data_gets_three_copies_at_most(
    office: PostOffice, letter: Digest, send: Callable[..., Sending]
) -> None:
    office.data = lambda: None
    for _ in range(7):
        sending = send()
    assert set(results(sending).values()) == {Result.GIVEN_UP}
    assert max(office.to.count(address) for address in ALL) <= 3


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from monitor.config import read_home
    from monitor.steps import send as step
    from monitor.store.db import open_database

    def die(*_args):
        os.kill(os.getpid(), signal.SIGKILL)  # the server has the letter, the outbox does not know yet

    step.outbox.settle = die
    home = read_home(Path(sys.argv[1]))
    step.send_letter(home, open_database(Path(sys.argv[2])), lambda: datetime(2026, 11, 24, 5, 45, tzinfo=UTC))
"""


def test_killed_between_data_and_marking_the_letter_goes_again_with_the_same_message_id(
    office: PostOffice, home: Home, db: Database, letter: Digest, send: Callable[..., Sending]
) -> None:
    database = home.path.with_name("monitor.db")
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(home.path), str(database)]
    killed = subprocess.run(command, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert office.to == ["ledning@kommun.example"]
    states = [(parcel.state, parcel.tries) for parcel in outbox.parcels_of(db, ITEM)]
    assert states == [(State.SENDING, 1), (State.WAITING, 0), (State.WAITING, 0)]
    assert set(results(send()).values()) == {Result.SENT}
    first, second, *_ = office.arrived
    assert first.read["Message-ID"] == second.read["Message-ID"]
    assert len(office.arrived) == 4
    assert set(results(send()).values()) == {Result.ALREADY}


def test_a_dry_run_says_what_would_go_where_and_changes_nothing(
    office: PostOffice, db: Database, letter: Digest, send: Callable[..., Sending]
) -> None:
    sending = send(pretend=True)
    assert set(results(sending).values()) == {Result.WOULD}
    assert sending.outcomes[1].subject == render_digest(letter).subject
    assert "Skola" in sending.outcomes[2].subject
    assert outbox.parcels_of(db, ITEM) == []
    assert office.connections == 0
    send()
    assert set(results(send(pretend=True)).values()) == {Result.ALREADY}


def test_without_a_letter_nothing_is_sent_and_it_is_said(send: Callable[..., Sending], office: PostOffice) -> None:
    with pytest.raises(UsageError, match=r"the letter of 2026-11-24 has not been made.*monitor digest"):
        send()
    assert office.connections == 0


def test_without_recipients_it_is_said(tmp_path: Path, db: Database, clock: Clock, letter: Digest) -> None:
    nobody = write_home(tmp_path / "home", 25, more="")
    with pytest.raises(UsageError, match="nobody is to get the letter"):
        send_letter(nobody, db, clock)


@pytest.mark.parametrize(
    "data", ['{"schema": "town-monitor/digest/0"}', '{"schema": "town-monitor/digest/1"}', "[", "[]"]
)
def test_a_letter_of_another_version_is_not_sent(home: Home, db: Database, now: datetime, data: str) -> None:
    save(db, days.normal_day(), data, now)
    with pytest.raises(UsageError, match="monitor digest"):
        letter_of(home, db, now)


def test_a_stored_letter_reads_back_as_it_was_made(home: Home, db: Database, now: datetime) -> None:
    for make in (days.normal_day, days.empty_day, days.degraded_day, days.first_day, days.busy_day):
        digest = make()
        store_letter(db, digest)
        assert render_digest(letter_of(home, db, now).digest).html == render_digest(digest).html


def fill(db: Database) -> None:
    """Write ever smaller rows until not even those have room."""
    numbers = itertools.count()
    for size in (400, 100, 20, 1):
        with contextlib.suppress(StoreError):
            while True:
                name = f"{next(numbers)}".zfill(size)
                filler = Parcel(item="x", channel="mail", recipient=name, edition="", key=name)
                outbox.queue(db, [filler], days.MADE_AT)


def test_on_a_full_disk_nothing_goes_unmarked_and_the_next_run_sends_it(
    office: PostOffice, db: Database, letter: Digest, send: Callable[..., Sending]
) -> None:
    pages = db.execute("pragma page_count").fetchone()[0]
    db.execute(f"pragma max_page_count = {pages + 1}")
    fill(db)
    with pytest.raises(StoreError, match="full"):
        send()
    assert office.connections == 0
    db.execute("pragma max_page_count = 1000000")
    assert set(results(send()).values()) == {Result.SENT}
    assert len(office.arrived) == 3


def test_a_template_of_the_homes_own_that_is_wrong_is_told_and_the_letter_kept(
    home: Home, db: Database, letter: Digest, send: Callable[..., Sending], office: PostOffice
) -> None:
    own = home.reports / "digest"
    own.mkdir(parents=True)
    (own / "letter.html.j2").write_text("{{ nonsense }}", encoding="utf-8")
    assert set(results(send()).values()) == {Result.FAILED}
    assert office.arrived == []
    assert {parcel.state for parcel in outbox.parcels_of(db, ITEM)} == {State.WAITING}


ENDING = f'unsubscribe = "web"\n{PEOPLE}\n[digest]\nweb = "https://bevakning.example/"\n'


def test_who_has_ended_the_mailing_gets_no_letter_and_the_way_to_end_it_stands_in_it(
    tmp_path: Path, office: PostOffice, db: Database, clock: Clock, letter: Digest
) -> None:
    home = write_home(tmp_path / "home", office.port, more=ENDING)
    token = outbox.token_of(db, "ledning@kommun.example")
    outbox.end_mailing(db, token, clock())
    sending = send_letter(home, db, clock)
    assert results(sending)["ledning"] is Result.SPARED
    assert len(office.arrived) == 2
    mine = outbox.token_of(db, "kommunikation@kommun.example")
    header = "".join(str(office.arrived[0].read["List-Unsubscribe"]).split())
    assert header == (
        f"<https://bevakning.example/utskick/avsluta/{mine}>,<mailto:bevakning@kommun.example?subject=avsluta>"
    )
    assert office.arrived[0].read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_letter_is_forgotten_after_a_quarter(
    office: PostOffice, home: Home, db: Database, letter: Digest, send: Callable[..., Sending]
) -> None:
    old = Parcel(item="letter 2026-08-01", channel="mail", recipient="a@b.example", edition="whole", key="old")
    outbox.queue(db, [old], datetime(2026, 8, 1, tzinfo=UTC))
    send()
    assert outbox.parcels_of(db, "letter 2026-08-01") == []
    assert len(outbox.parcels_of(db, ITEM)) == 3


def test_what_another_run_has_sent_meanwhile_is_not_sent(db: Database, clock: Clock, now: datetime) -> None:
    class Loud:
        def deliver(self, message: Message) -> Receipt:
            raise AssertionError(message)

        def close(self) -> None: ...

    outbox.queue(db, [Parcel(item=ITEM, channel="mail", recipient="a@b.example", edition="whole", key="k")], now)
    (seen,) = outbox.parcels_of(db, ITEM)
    outbox.claim(db, seen, now)
    outbox.settle(db, seen, State.SENT, "")
    outcome = hand_over(db, clock, Loud(), seen, lambda: Message(key="k", subject="s", text="t"))
    assert outcome.result is Result.ALREADY


# --- weekdays and weekends -----------------------------------------------------------------------------


def at(*, day: int, hour: int = 5, minute: int = 45) -> Clock:
    return lambda: datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_a_weekend_without_need_has_no_letter_and_monday_covers_three_days(
    home: Home, db: Database, office: PostOffice
) -> None:
    store_letter(db, replace(days.normal_day(), day=date(2026, 11, 28), needs=None))
    sending = send_letter(home, db, at(day=28))
    assert set(results(sending).values()) == {Result.SPARED}
    assert "Monday's letter covers it" in sending.outcomes[0].reason
    assert office.connections == 0
    monday = period_of(home, at(day=30)())
    assert monday.end - monday.start == timedelta(days=3)


def test_a_weekend_where_something_needs_an_answer_has_a_letter(home: Home, db: Database, office: PostOffice) -> None:
    digest = replace(days.normal_day(), day=date(2026, 11, 29))
    assert digest.needs is not None
    assert digest.needs.number
    store_letter(db, digest)
    assert set(results(send_letter(home, db, at(day=29))).values()) == {Result.SENT}


def test_a_home_may_have_a_letter_every_day(tmp_path: Path, db: Database, office: PostOffice) -> None:
    home = write_home(tmp_path / "home", office.port, more=f'{PEOPLE}\n[digest]\nweekends = "daily"')
    store_letter(db, replace(days.normal_day(), day=date(2026, 11, 28), needs=None))
    assert set(results(send_letter(home, db, at(day=28))).values()) == {Result.SENT}
    monday = period_of(home, at(day=30)())
    assert monday.end - monday.start == timedelta(days=1)


def test_the_night_when_clocks_turn_makes_no_other_monday(home: Home) -> None:
    after_dst = period_of(home, datetime(2026, 10, 26, 6, tzinfo=UTC))
    assert after_dst.end - after_dst.start == timedelta(days=3)  # by the clock on the wall
    assert after_dst.end.astimezone(UTC) - after_dst.start.astimezone(UTC) == timedelta(days=3, hours=1)


# --- the reviewed mode ---------------------------------------------------------------------------------


REVIEW = f'{PEOPLE}\n[review]\nuntil = "07.00"\nrole = "kommunikatör i beredskap"\n'


@pytest.fixture
def reviewed(tmp_path: Path, office: PostOffice) -> Home:
    return write_home(tmp_path / "home", office.port, more=REVIEW)


def test_a_letter_waits_for_its_review(reviewed: Home, db: Database, office: PostOffice, letter: Digest) -> None:
    sending = send_letter(reviewed, db, at(day=24))
    assert sending.outcomes == ()
    assert sending.waits_until is not None
    assert sending.waits_until.astimezone(UTC) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert office.connections == 0


def test_a_reviewed_letter_goes_and_says_who_has_reviewed_it(
    reviewed: Home, db: Database, office: PostOffice, letter: Digest
) -> None:
    approved = approve(reviewed, db, at(day=24, minute=48))
    assert approved.role == "kommunikatör i beredskap"
    sending = send_letter(reviewed, db, at(day=24, minute=49))
    assert set(results(sending).values()) == {Result.SENT}
    body = office.arrived[1].body("plain")
    assert "Granskat av kommunikatör i beredskap kl. 06.48." in body
    assert "Ingen har granskat" not in body
    assert approved.path.read_text(encoding="utf-8") == office.arrived[1].body("html")


def test_an_unreviewed_letter_goes_after_its_hour_and_says_that_nobody_has_reviewed_it(
    reviewed: Home, db: Database, office: PostOffice, letter: Digest
) -> None:
    assert set(results(send_letter(reviewed, db, at(day=24, hour=6, minute=0))).values()) == {Result.SENT}
    assert all("Ingen har granskat" in message.body("plain") for message in office.arrived)
    with pytest.raises(UsageError, match="has gone to 3 already"):
        approve(reviewed, db, at(day=24, hour=6, minute=1))


def test_a_letter_made_anew_waits_for_a_new_review(
    reviewed: Home, db: Database, office: PostOffice, letter: Digest
) -> None:
    approve(reviewed, db, at(day=24))
    store_letter(db, letter, made=letter.made_at + timedelta(minutes=4))
    assert send_letter(reviewed, db, at(day=24, minute=50)).waits_until is not None


def test_a_review_needs_a_role(home: Home, db: Database, clock: Clock, letter: Digest) -> None:
    with pytest.raises(UsageError, match="who reviews"):
        approve(home, db, clock)
    assert approve(home, db, clock, "presschef\n").role == "presschef"


# --- webhooks ------------------------------------------------------------------------------------------


def test_a_webhook_whose_secret_is_missing_stops_no_mail(
    tmp_path: Path, db: Database, clock: Clock, office: PostOffice, letter: Digest
) -> None:
    home = write_home(
        tmp_path / "home", office.port, more=f'{PEOPLE}\n[[webhooks]]\nname = "chatt"\nurl_file = "nowhere"'
    )
    sending = send_letter(home, db, clock)
    assert results(sending)["chatt"] is Result.FAILED
    assert "nowhere" in sending.outcomes[-1].reason
    assert sorted(office.to) == ALL


# --- alerts --------------------------------------------------------------------------------------------


ALERTS = '[alerts]\nto = ["jour@kommun.example"]\nquiet = "21.00-06.30"\n'
ASKS = "Djulöposten har sökt kommunen hela dagen. Katrineholms kommun har inte svarat på frågorna."


@pytest.fixture
def alerted(tmp_path: Path, office: PostOffice) -> Home:
    return write_home(tmp_path / "home", office.port, more=ALERTS)


def add_articles(db: Database, seen: datetime, count: int = 1, *, title: str = "Rubrik", text: str = "") -> None:
    """Store articles about the town that come in at `seen`, each a story of its own."""
    first = db.execute("select coalesce(max(id), 0) from pages").fetchone()[0] + 1
    source = days.feed_of("Djulöposten")
    db.execute("insert or ignore into sources (url, kind, name) values (?, 'feed', 'Djulöposten')", [source])
    for number in range(first, first + count):
        url = f"https://djuloposten.example/{number}"
        db.execute(
            "insert into pages (id, key, url, source, state, newest) values (?, ?, ?, ?, 'kept', ?)",
            [number, url, url, source, to_text(seen)],
        )
        made = days.article("Djulöposten", seen, f"{title} {number} om Katrineholm", text=text, slug=str(number))
        article_store.save_verdicts(db, [(number, replace(made, seen_at=seen))], seen)
    group(db, lambda: seen)


def test_a_story_that_needs_an_answer_today_is_told_once(alerted: Home, db: Database, office: PostOffice) -> None:
    noon = at(day=24, hour=9)
    add_articles(db, noon() - timedelta(minutes=30), title="=?utf-8?q?a=0D=0ABcc:_x?=", text=ASKS)
    assert results(send_alerts(alerted, db, noon)) == {"jour": Result.SENT}
    assert send_alerts(alerted, db, noon).outcomes == ()
    assert send_alerts(alerted, db, at(day=24, hour=11)).outcomes == ()
    (arrived,) = office.arrived
    assert str(arrived.read["Subject"]).startswith("Behöver svar i dag: ")
    assert "Bcc" not in arrived.read
    body = arrived.body("plain")
    assert "https://djuloposten.example/1" in body
    assert "Därför: " in body
    assert "Svar senast ti kl. 13.45." in body


def test_what_stood_in_the_letter_or_may_wait_is_no_alert(alerted: Home, db: Database, office: PostOffice) -> None:
    add_articles(db, at(day=24, hour=5, minute=0)(), text=ASKS)  # before the letter's period ended
    add_articles(db, at(day=24, hour=8)(), text="En vanlig text om kommunen.")
    assert send_alerts(alerted, db, at(day=24, hour=9)).outcomes == ()
    assert office.connections == 0


def test_an_alert_that_could_not_go_is_tried_again(
    tmp_path: Path, db: Database, office: PostOffice, alerted: Home
) -> None:
    add_articles(db, at(day=24, hour=8)(), text=ASKS)
    down = write_home(tmp_path / "home", closed_port(), more=ALERTS)
    assert results(send_alerts(down, db, at(day=24, hour=9))) == {"jour": Result.FAILED}
    assert results(send_alerts(alerted, db, at(day=24, hour=9, minute=50))) == {"jour": Result.SENT}
    assert send_alerts(alerted, db, at(day=24, hour=10)).outcomes == ()
    assert len(office.arrived) == 1


def test_quiet_hours_and_a_home_without_alerts_are_quiet(
    tmp_path: Path, alerted: Home, db: Database, office: PostOffice
) -> None:
    add_articles(db, at(day=24, hour=8)(), text=ASKS)
    assert send_alerts(alerted, db, at(day=24, hour=22)).outcomes == ()
    nobody = write_home(tmp_path / "home", office.port, more="")
    assert send_alerts(nobody, db, at(day=24, hour=9)).outcomes == ()
    assert office.connections == 0


def test_a_dry_run_of_alerts_tells_nobody(alerted: Home, db: Database, office: PostOffice) -> None:
    add_articles(db, at(day=24, hour=8)(), title="Öppet brev", text=ASKS)
    sending = send_alerts(alerted, db, at(day=24, hour=9), pretend=True)
    assert results(sending) == {"jour": Result.WOULD}
    assert "Öppet brev" in sending.outcomes[0].subject
    assert outbox.told_since(db, datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert office.connections == 0


def test_more_articles_than_ever_in_an_hour_are_told(alerted: Home, db: Database, office: PostOffice) -> None:
    now = at(day=24, hour=13)()
    began = to_text(now - timedelta(days=30))
    source = days.feed_of("Djulöposten")
    db.execute("insert into sources (url, kind, name, first_polled) values (?, 'feed', 'D', ?)", [source, began])
    for day in range(1, 25):
        add_articles(db, now - timedelta(days=day, hours=2), 1)
    add_articles(db, now - timedelta(minutes=20), 3)
    assert send_alerts(alerted, db, lambda: now).outcomes == ()
    add_articles(db, now - timedelta(minutes=10), 3)
    assert results(send_alerts(alerted, db, lambda: now)) == {"jour": Result.SENT}
    assert office.arrived[0].read["Subject"] == "6 artiklar på en timme, mer än vanligt"
    assert "https://djuloposten.example/30" in office.arrived[0].body("plain")
    assert send_alerts(alerted, db, lambda: now + timedelta(minutes=5)).outcomes == ()


# --- the watchdog --------------------------------------------------------------------------------------


def test_the_watchdog_is_silent_when_the_letter_is_there(home: Home, clock: Clock, office: PostOffice) -> None:
    out = home.reports / "out"
    out.mkdir(parents=True)
    (out / "2026-11-24.html").write_text("brev", encoding="utf-8")
    assert watch(home.path, clock).built
    assert office.connections == 0


def test_the_watchdog_tells_everybody_once_without_a_database(home: Home, clock: Clock, office: PostOffice) -> None:
    out = home.reports / "out"
    out.mkdir(parents=True)
    (out / "2026-11-20.html").write_text("brev", encoding="utf-8")
    watched = watch(home.path, clock)
    assert not watched.built
    assert sorted(office.to) == ALL
    body = office.arrived[0].body("plain")
    assert office.arrived[0].read["Subject"] == "Ingen mediebevakning i dag (24\u00a0nov)".replace("\u00a0", " ")
    assert "Dagens mediebevakning kunde inte göras." in body
    assert "Orsak: okänd" in body
    assert "Senaste brev: fredag 20 november 2026." in body
    assert not office.arrived[0].read.is_multipart()
    assert not home.database.exists()
    again = watch(home.path, clock)
    assert again.told_before
    assert len(office.arrived) == 3


def test_the_watchdog_works_with_settings_that_stop_every_other_command(
    tmp_path: Path, clock: Clock, office: PostOffice
) -> None:
    home = write_home(tmp_path / "home", office.port)
    file = home.path / "monitor.toml"
    file.write_text(file.read_text(encoding="utf-8") + "[crawl]\ndelay = -1\n[digest]\nstory = 3\n", encoding="utf-8")
    watched = watch(home.path, clock)
    assert watched.cause == "settings"
    assert len(office.arrived) == 3
    assert "Orsak: inställningarna är fel (digest.story: no such setting" in office.arrived[0].body("plain")
    assert str(tmp_path) not in office.arrived[0].body("plain")


def test_the_watchdog_names_a_run_that_is_stuck_and_a_program_that_was_not_started(
    home: Home, clock: Clock, office: PostOffice, now: datetime
) -> None:
    home.database.write_bytes(b"no database at all")
    old = (now - timedelta(days=2)).timestamp()
    os.utime(home.database, (old, old))
    stopped = watch(home.path, clock, pretend=True)
    assert stopped.cause == "not run"
    assert [outcome.result for outcome in stopped.outcomes] == [Result.WOULD] * 3
    (home.path / "monitor.lock").touch()
    hold = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print(1, flush=True); input()"
    command = [sys.executable, "-c", hold, str(home.path / "monitor.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert watch(home.path, clock, pretend=True).cause == "running"
        holder.communicate(b"\n", timeout=10)
    assert watch(home.path, clock, pretend=True).cause == "not run"
    assert office.connections == 0


def test_the_watchdog_tells_those_that_are_named_for_it_also_on_a_sunday(tmp_path: Path, office: PostOffice) -> None:
    plain = write_home(tmp_path / "home", office.port)
    assert watch(plain.path, at(day=29)).outcomes == ()
    named = write_home(tmp_path / "home", office.port, more=f'{PEOPLE}\n[watchdog]\nto = ["drift@kommun.example"]')
    assert watch(named.path, at(day=29)).outcomes[0].result is Result.SENT
    assert office.to == ["drift@kommun.example"]


def test_the_watchdog_that_cannot_reach_the_server_tries_again_next_time(
    tmp_path: Path, clock: Clock, office: PostOffice
) -> None:
    down = write_home(tmp_path / "home", closed_port())
    assert {outcome.result for outcome in watch(down.path, clock).outcomes} == {Result.FAILED}
    up = write_home(tmp_path / "home", office.port)
    assert {outcome.result for outcome in watch(up.path, clock).outcomes} == {Result.SENT}


def test_a_watchdog_without_anybody_to_tell_says_so(tmp_path: Path, clock: Clock) -> None:
    nobody = write_home(tmp_path / "home", 25, more="")
    with pytest.raises(UsageError, match="nobody is to be told"):
        watch(nobody.path, clock)
