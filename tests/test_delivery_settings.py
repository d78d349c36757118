"""Who gets what, as a person writes it: what is read, and what is said when it is wrong."""

from datetime import time
from pathlib import Path

import pytest

from monitor.config import read_settings, read_usable_settings
from monitor.config.delivery import (
    PASSWORD,
    Mail,
    WebhookSettings,
    mail_password,
    read_hours,
    read_time,
    webhook_url,
)
from monitor.config.secrets import read_secret
from monitor.errors import ConfigError

TOWN = 'municipality = "Katrineholm"\n'
MAIL = '[mail]\nhost = "smtp.kommun.example"\nsender = "a@kommun.example"\n'
PERSON = '[[recipients]]\naddress = "b@kommun.example"\n'


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "monitor.toml"
    path.write_text(TOWN + text, encoding="utf-8")
    return path


def test_everything_that_can_be_set_is_read(tmp_path: Path) -> None:
    settings = read_settings(
        settings_file(
            tmp_path,
            """
            [digest]
            weekends = "daily"
            [mail]
            host = "smtp.kommun.example"
            security = "tls"
            user = "bevakning"
            password_file = "password"
            sender = "bevakning@kommun.example"
            sender_name = "Mediebevakning"
            reply_to = "kommunikation@kommun.example"
            [[recipients]]
            address = "ledning@kommun.example"
            letter = "short"
            weekdays = ["mon", "thu"]
            [[recipients]]
            address = "skola@kommun.example"
            about = "Skola"
            words = ["förskol", "*skola"]
            when_empty = false
            [[webhooks]]
            name = "krisgruppen"
            url_file = "teams"
            kind = "teams"
            letter = "short"
            [alerts]
            to = ["jour@kommun.example"]
            webhooks = ["krisgruppen"]
            per_day = 2
            quiet = "22:00-06:00"
            [review]
            until = "07.00"
            role = "kommunikatör"
            [watchdog]
            to = ["drift@kommun.example"]
            """,
        )
    )
    assert settings.mail.real_port == 465
    assert [person.letter for person in settings.recipients] == ["short", "whole"]
    assert settings.recipients[1].words == ("förskol", "*skola")
    assert settings.webhooks[0].kind == "teams"
    assert settings.alerts.webhooks == ("krisgruppen",)
    assert settings.review.role == "kommunikatör"
    assert settings.watchdog.to == ("drift@kommun.example",)
    assert settings.digest.weekends == "daily"


def test_without_any_of_it_nothing_is_sent_and_all_is_well(tmp_path: Path) -> None:
    settings = read_settings(settings_file(tmp_path, ""))
    assert settings.recipients == ()
    assert settings.digest.weekends == "answer"
    assert (settings.mail.real_port, Mail(security="none").real_port, Mail(port=2525).real_port) == (587, 25, 2525)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (PERSON, "mail.host", "is missing"),
        ('[mail]\nhost = "smtp.a.se"\n' + PERSON, "mail.sender", "is no mail address"),
        ('[mail]\nhost = "smtp a"', "mail.host", "is no name of a server"),
        ('[mail]\nhost = "smtp.a.se"\nsecurity = "none"', "mail.security", "on this machine only"),
        ('[mail]\nsecurity = "ssl"', "mail.security", "Invalid enum value"),
        ("[mail]\nport = 70000", "mail.port", "is no port"),
        ("[mail]\ntimeout = 0.0", "mail.timeout", "must be 1 to 600"),
        ('[mail]\nreply_to = "x"', "mail.reply_to", "is no mail address"),
        ('[mail]\npassword = "x"', "mail.password", "no such setting"),
        (MAIL + '[[recipients]]\naddress = "Anna <a@b.se>"', "recipients.address", "is no mail address"),
        (MAIL + '[[recipients]]\naddress = "a@b.se\\r\\nBcc: c@d.se"', "recipients.address", "is no mail address"),
        (MAIL + PERSON + PERSON.replace("b@", "B@"), "recipients.address", "the same letter twice"),
        (MAIL + PERSON + 'weekdays = ["mån"]', "recipients.weekdays", "is not one of mon, tue"),
        (MAIL + PERSON + "weekdays = []", "recipients.weekdays", "has no day"),
        (MAIL + PERSON + 'about = "Skola"', "recipients.words", "belong together"),
        (MAIL + PERSON + 'words = ["skol"]', "recipients.about", "belong together"),
        (MAIL + PERSON + 'about = "Skola"\nwords = ["*"]', "recipients.words", "an empty word"),
        ('[[webhooks]]\nname = "a"\nurl = "https://a.se"\nurl_file = "b"', "webhooks.url", "either url or url_file"),
        ('[[webhooks]]\nname = "a"', "webhooks.url", "either url or url_file"),
        ('[[webhooks]]\nname = " "\nurl = "https://a.se"', "webhooks.name", "is empty"),
        ('[[webhooks]]\nname = "a"\nurl = "http://a.se/S3CRET"', "webhooks.url", "must begin with https"),
        ('[[webhooks]]\nname = "a"\nurl = "ftp://a.se/S3CRET"', "webhooks.url", "is no web address"),
        ('[[webhooks]]\nname = "a"\nurl = "https://a.se"\n' * 2, "webhooks.name", "stands twice"),
        ('[[webhooks]]\nname = "a"\nurl = "https://a.se"\nkind = "irc"', "webhooks", "Invalid enum value"),
        ('[[webhooks]]\nname = "a"\nurl = "https://a.se"\ntimeout = 900.0', "webhooks.timeout", "1 to 120"),
        (MAIL + '[alerts]\nto = ["x"]', "alerts.to", "is no mail address"),
        ('[alerts]\nwebhooks = ["x"]', "alerts.webhooks", "is the name of no"),
        ('[alerts]\nquiet = "21-6"', "alerts.quiet", "is no span of hours"),
        ("[alerts]\nper_day = 99", "alerts.per_day", "must be 0 to 20"),
        ("[alerts]\nfewest = 0", "alerts.fewest", "must be at least 1"),
        ('[review]\nuntil = "7"\nrole = "x"', "review.until", "is no time of day"),
        ('[review]\nuntil = "07.00"', "review.role", "is missing"),
        (MAIL + '[watchdog]\nto = ["x"]', "watchdog.to", "is no mail address"),
        ('[digest]\nweekends = "never"', "digest.weekends", "Invalid enum value"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, text: str, where: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(settings_file(tmp_path, text))
    assert caught.value.where.startswith(where)
    assert said in caught.value.what
    assert "S3CRET" not in str(caught.value)


def test_a_post_without_tls_is_possible_to_a_host_that_is_allowed(tmp_path: Path) -> None:
    text = '[crawl]\nallow_hosts = ["127.0.0.1:8900"]\n[[webhooks]]\nname = "a"\nurl = "http://127.0.0.1:8900/x"\n'
    assert read_settings(settings_file(tmp_path, text)).webhooks[0].name == "a"


def test_times_of_day_are_read_with_a_point_or_a_colon() -> None:
    assert read_hours("21.00-06:30") == (time(21), time(6, 30))
    assert read_time("7.05") == time(7, 5)


# --- secrets -------------------------------------------------------------------------------------------


def secret_file(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "secret"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return "secret"


def test_a_password_stands_in_the_environment_or_in_a_file_of_the_owner(tmp_path: Path) -> None:
    assert mail_password(Mail(user="u"), tmp_path, {PASSWORD: "from outside"}) == "from outside"
    file = secret_file(tmp_path, "från filen\nrest\n")
    assert mail_password(Mail(user="u", password_file=file), tmp_path, {PASSWORD: "no"}) == "från filen"
    assert mail_password(Mail(), tmp_path, {}) == ""
    with pytest.raises(ConfigError, match=f"the password is missing: set {PASSWORD}"):
        mail_password(Mail(user="u"), tmp_path, {})


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o660])
def test_a_secret_that_others_may_read_is_not_used(tmp_path: Path, mode: int) -> None:
    secret_file(tmp_path, "hemligt", mode)
    with pytest.raises(ConfigError, match="chmod 600 secret") as caught:
        read_secret(Path("secret"), tmp_path, "mail.password_file")
    assert "hemligt" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n", "  \nhemligt"])
def test_a_secret_that_is_not_there_is_told(tmp_path: Path, text: str) -> None:
    secret_file(tmp_path, text)
    with pytest.raises(ConfigError, match="the file is empty"):
        read_secret(Path("secret"), tmp_path, "mail.password_file")
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_secret(Path("nowhere"), tmp_path, "mail.password_file")


def test_the_address_of_a_webhook_may_stand_in_a_file(tmp_path: Path) -> None:
    file = secret_file(tmp_path, "https://chatt.example/S3CRET\n")
    assert webhook_url(WebhookSettings(name="a", url_file=file), tmp_path) == "https://chatt.example/S3CRET"
    secret_file(tmp_path, "S3CRET")
    with pytest.raises(ConfigError, match="is no web address") as caught:
        webhook_url(WebhookSettings(name="a", url_file=file), tmp_path)
    assert "S3CRET" not in str(caught.value)


# --- what the watchdog can still read ------------------------------------------------------------------


def test_parts_that_are_wrong_are_left_out_for_the_watchdog(tmp_path: Path) -> None:
    text = 'nonsense = 1\n[crawl]\ndelay = "x"\n[retention]\ntext_days = 0\n' + MAIL + PERSON
    settings, wrong = read_usable_settings(settings_file(tmp_path, text))
    assert wrong is not None
    assert wrong.where in {"nonsense", "crawl.delay", "retention.text_days"}
    assert settings.mail.host == "smtp.kommun.example"
    assert len(settings.recipients) == 1


def test_right_settings_have_nothing_wrong(tmp_path: Path) -> None:
    assert read_usable_settings(settings_file(tmp_path, MAIL))[1] is None


def test_without_a_municipality_or_with_broken_toml_nothing_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    for text in (MAIL, "[mail\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError):
            read_usable_settings(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_usable_settings(tmp_path / "nowhere.toml")
