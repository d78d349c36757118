"""The mails that lie in the mailbox of the miniature web, as bytes."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from monitor.demo.addresses import Addresses
from monitor.demo.content import DemoList, DemoMail, Site, local, sites
from monitor.demo.render import render_template

_READER = "Mediebevakning <bevakning@kommunen.example>"


def write_mails(site: Site, addresses: Addresses) -> list[bytes]:
    """Return the mails of a mailbox in the order in which they came."""
    known = {
        f"{other.key}:{article.path}": {
            "url": addresses.base(other.host) + article.path,
            "title": article.title,
            "lead": article.lead,
            "site": other.name,
        }
        for other in sites()
        for article in other.articles
    }
    mails: list[DemoMail | DemoList] = [*site.mails, *site.lists]
    return [
        bytes(_letter(mail) if isinstance(mail, DemoMail) else _list(mail, known))
        for mail in sorted(mails, key=lambda mail: mail.published)
    ]


def _letter(mail: DemoMail) -> EmailMessage:
    message = _envelope(mail, mail.title, mail.path)
    message.set_content(mail.text.strip() + "\n", charset="utf-8")
    return message


def _list(mail: DemoList, known: Mapping[str, Mapping[str, str]]) -> EmailMessage:
    """Return an alert, or a newsletter that says of itself that it goes to many."""
    tells = [known[place] for place in mail.tells]
    message = _envelope(mail, mail.subject, f"{mail.published:%Y%m%d%H%M}")
    name, address = parseaddr(mail.sender)
    host = address.rpartition("@")[2]
    if not mail.alert:
        message["List-Id"] = f"{name} <brev.{host}>"
        message["List-Unsubscribe"] = f"<mailto:avsluta@{host}>"
    values: dict[str, Any] = {"list": mail, "tells": tells, "name": name, "base": f"https://{host}"}
    page = render_template(f"mails/{'alert' if mail.alert else 'newsletter'}.html", **values)
    message.set_content("\n\n".join(told["title"] for told in tells) + "\n", charset="utf-8")
    message.add_alternative(page, subtype="html", charset="utf-8")
    message.set_boundary(f"=_{mail.published:%Y%m%d%H%M}_=")
    return message


def _envelope(mail: DemoMail | DemoList, subject: str, mark: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = _READER
    message["Subject"] = subject
    message["Date"] = format_datetime(local(mail.published))
    message["Message-ID"] = f"<{mark}@{parseaddr(mail.sender)[1].rpartition('@')[2]}>"
    return message
