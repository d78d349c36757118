"""Mails as services send them, written for the tests after what is known of their shape."""

from email.message import EmailMessage

GOOGLE = "https://www.google.com/url?rct=j&amp;sa=t&amp;url={}&amp;ct=ga&amp;cd=CAEYAioTMTIz&amp;usg=AOvVaw0"


def mail(subject: str, *, plain: str = "", page: str = "", sender: str = "avis@exempel.se", **headers: str) -> bytes:
    """Return a mail in one or two forms; `List_Id="..."` gives a header List-Id."""
    message = EmailMessage()
    message["From"] = f"Avsändaren <{sender}>"
    message["To"] = "bevakning@kommun.example"
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 14:10:00 +0100"
    message["Message-ID"] = f"<{abs(hash(subject)) % 10**8}@exempel.se>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if plain or not page:
        message.set_content(plain)
    if page:
        (message.add_alternative if plain else message.set_content)(page, subtype="html")
    return message.as_bytes()


def google_item(address: str, title: str, publisher: str, said: str, *, marked: bool = True) -> str:
    """Return one row of a Google Alert."""
    scope = 'itemscope="" itemtype="http://schema.org/Article"' if marked else ""
    return (
        f'<tr {scope}><td><div><a href="{GOOGLE.format(address)}" itemprop="url">'
        f'<span itemprop="name">{title}</span></a></div>'
        f'<div itemprop="publisher"><a><span itemprop="name">{publisher}</span></a></div>'
        f'<div itemprop="description">{said}</div><table><tr>'
        '<td><a href="https://www.google.com/alerts/share?hl=sv&amp;ru=x&amp;ss=fb">Dela på Facebook</a></td>'
        '<td><a href="https://www.google.com/alerts/feedback?ffu=x">Flagga som irrelevant</a></td>'
        "</tr></table></td></tr>"
    )


def google_alert(*rows: str) -> str:
    """Return the HTML of a Google Alert."""
    return (
        "<html><head><title>Google Alert</title><style>a {}</style></head><body><table><tr><td>"
        '<a href="https://www.google.com/alerts?source=alertsmail">Google Alerts</a></td></tr>'
        "<tr><td>Katrineholm</td></tr><tr><td>Daglig uppdatering 23 november 2026</td></tr>"
        f"<tr><td><table><tr><td>NYHETER</td></tr>{''.join(rows)}</table></td></tr>"
        '<tr><td><a href="https://www.google.com/alerts?hl=sv">Se fler resultat</a> <a href="https://www.google.com/'
        'alerts/remove?s=x">Avsluta prenumerationen</a></td></tr></table></body></html>'
    )


def newsletter_row(address: str, title: str, said: str) -> str:
    """Return one text of a newsletter: picture, headline, lead and a link to read on, each leading to it."""
    return (
        f'<tr><td><a href="{address}"><img src="https://bladet.example/p.gif" alt="bild"></a></td></tr>'
        f'<tr><td><h3><a href="{address}">{title}</a></h3><p>{said}</p><a href="{address}">Läs mer</a></td></tr>'
    )


def newsletter(*rows: str) -> str:
    """Return the HTML of a newsletter."""
    tables = "".join(f"<tr><td><table>{row}</table></td></tr>" for row in rows)
    return (
        '<html><body><table><tr><td><a href="https://bladet.example/brev/12">Visa i webbläsaren</a></td></tr>'
        f'<tr><td><a href="https://bladet.example/">Bladet</a></td></tr>{tables}<tr><td>'
        '<a href="https://bladet.example/u?m=bevakning%40kommun.example">Här kan du säga upp brevet</a> '
        '<a href="https://www.facebook.com/bladet">Bladet finns på Facebook</a></td></tr></table></body></html>'
    )
