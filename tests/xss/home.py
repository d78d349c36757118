"""A home that is full of hostile words wherever words from outside, or from a person at a form, can stand.

Everything is put into the database as it is: the gate at the entrance, which takes out what cannot be seen and every
address that is not http(s), has not been passed. What is shown must be harmless without it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from monitor.config import read_home
from monitor.core.digest.values import PastDigest
from monitor.core.matching import Judgement
from monitor.core.recipients import Edition
from monitor.deliver.archive import render_feed, render_index
from monitor.deliver.channels import Message
from monitor.deliver.files import write_digest
from monitor.deliver.mail import Sender, build_mail
from monitor.deliver.render import RenderedDigest, render_digest
from monitor.models import Case, Channel, Period
from monitor.store import candidates, cases, corrections, digests
from monitor.store.db import open_database, to_text, transaction
from tests.core.articles import make_article
from tests.golden.digest.hostile import letter_of
from tests.store.test_archive import save

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
WORDS_A_LETTER = 12
"""So many that each stands in a story that is shown in full, and a letter still fits a mail."""
PERIOD = Period(start=NOW - timedelta(days=1), end=NOW)
ZONE = ZoneInfo("Europe/Stockholm")
_CASES = 40
_SENDER = Sender(address="bevakning@kommun.example", name='Bevakning "<script>', list_id="brev.kommun.example")
_SETTINGS = """\
municipality = "Katrineholm"
code = "0483"
organisation = "Katrineholm <script>__xss(1)</script>"

[digest]
web = "http://127.0.0.1"

[retention]
decision = "<svg onload=__xss(1)>"

[web]
units = ["Bildning\\"><img src=x onerror=__xss(1)>", "Kommunikation"]
"""


def letters(words: Sequence[str], addresses: Sequence[str]) -> Iterator[tuple[str, RenderedDigest]]:
    """Give letters, whole and short, in which each of the words stands in every place, each with its name."""
    url = cycle(addresses)
    for start in range(0, len(words), WORDS_A_LETTER):
        chosen = [_storable(word) for word in words[start : start + WORDS_A_LETTER]]
        digest = letter_of(chosen, [next(url) for _ in chosen], web="https://bevakning.example")
        yield f"letter-{start:05}", render_digest(digest)
        if not start % (8 * WORDS_A_LETTER):
            yield f"short-{start:05}", render_digest(digest, edition=Edition(short=True, about=chosen[-1]))


def mailed(letter: RenderedDigest, name: str) -> tuple[list[str], dict[str, str]]:
    """Return the names of a mail's headers, and its bodies as they arrive, for a letter to somebody of that name."""
    message = Message(
        key="digest@kommun.example", subject=letter.subject, text=letter.text, html=letter.html, name=name,
        to="a@kommun.example", unsubscribe=("mailto:bevakning@kommun.example?subject=avsluta",),
    )  # fmt: skip
    read = message_from_bytes(build_mail(message, _SENDER, language="sv", date=NOW))
    bodies = {
        part.get_content_type(): bytes(part.get_payload(decode=True) or b"").decode()
        for part in read.walk()
        if not part.is_multipart()
    }
    return read.keys(), bodies


def past(words: Sequence[str]) -> list[PastDigest]:
    """Return letters of the past that are called by the words."""
    return [
        PastDigest(
            day=(NOW - timedelta(days=days)).date(), made_at=NOW, complete=True, articles=3, title=_storable(title)
        )
        for days, title in enumerate(words)
    ]


def lists_of_letters(words: Sequence[str]) -> tuple[str, str]:
    """Return the list of letters as a page and as Atom."""
    page = render_index(past(words), organisation=words[0], language="sv")
    feed = render_feed(past(words), organisation=words[0], language="sv", web="https://bevakning.example")
    return page, feed


def make_home(folder: Path, words: Sequence[str], addresses: Sequence[str]) -> Path:
    """Write the home into `folder`: an article for each word and address, and the words in everything else."""
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(_SETTINGS, encoding="utf-8")
    lines = [
        f'https://kalla{number}.example/feed name="{word}" class={kind}'
        for number, (word, kind) in enumerate(zip(words, cycle(("blog", "forum", "local-paper")), strict=False))
        if '"' not in word and word.isprintable()
    ]
    (folder / "feeds.txt").write_text("\n".join(lines[:60]) + "\n", encoding="utf-8")
    home = read_home(folder)
    db = open_database(home.database)
    urls = cycle(addresses)
    papers = cycle(source.url.split("/")[2].partition(".")[0] for source in home.sources)
    for number in range(max(len(words), len(addresses))):
        word = _storable(words[number % len(words)])
        # The time tells the hits apart; the address is put in afterwards, since one of another scheme has no identity.
        row = save(db, make_article(word, f"Katrineholm {word}", paper=next(papers), hours=-number / 10, lead=word))
        _tell(db, row, word, _storable(next(urls)))
    _fill(db, [_storable(word) for word in words], [_storable(url) for url in addresses])
    for number, (_, letter) in enumerate(letters(words[:60], addresses)):
        day = (NOW - timedelta(days=number)).date()
        write_digest(home.path / "reports" / "out", day, letter)
        digests.save_digest(db, day, period=PERIOD, made_at=NOW, complete=False, data=letter.json, articles=[])
    db.close()
    return folder


def _storable(text: str) -> str:
    """SQLite holds no half of a pair."""
    return text.encode("utf-8", "replace").decode()


def _tell(db: Database, row: int, word: str, url: str) -> None:
    """Give the article its address, an earlier wording and a story of its own whose reason is the word."""
    at = to_text(NOW)
    with transaction(db) as connection:
        connection.execute(
            "update articles set url = ?, note = ?, reason = ?, quote = ? where id = ?", [url, *[word] * 3, row]
        )
        connection.execute("update pages set url = ?, final_url = ?, reason = ? where id = ?", [url, url, word, row])
        sql = "insert into revisions (article, at, title, lead, text) values (?, ?, ?, ?, ?)"
        connection.execute(sql, [row, at, word, word, f"{word} förut"])
        connection.execute(
            "insert into stories (id, made, answer_by, marked_by) values (?, ?, ?, ?)", [row, at, at, word]
        )
        sql = "insert into story_articles (article, story, copy, reason, near) values (?, ?, 0, ?, ?)"
        connection.execute(sql, [row, row, word, row])
        sql = "insert into story_decisions (at, role, action, story, articles, note) values (?, ?, 'split', ?, '[]', ?)"
        connection.execute(sql, [at, word, row, word])
        connection.execute("delete from story_queue")


def _fill(db: Database, words: Sequence[str], addresses: Sequence[str]) -> None:
    """Put the words into cases, corrections, proposals, saved searches, polls and logs."""
    word, url = cycle(words), cycle(addresses)
    rows = [row for (row,) in db.execute("select id from articles order by id").fetchall()]
    for number in range(_CASES):
        case = Case(
            number="", title=next(word)[:300], channel=Channel.PHONE, received=NOW - timedelta(hours=number),
            note=next(word), owner=next(word), reason=next(word), sender=next(word), recipient=next(word),
            matter=next(word), answer=next(word), answer_link=next(url), due=NOW, articles=(rows[number],),
        )  # fmt: skip
        cases.open_case(db, case, role=next(word), now=NOW, zone=ZONE)
    told = db.execute("select id, url from articles where id > ? limit 12", [_CASES]).fetchall()
    for _, address in told:
        corrections.correct(db, address, Judgement.DUPLICATE, role=next(word), at=NOW)
    for number in range(12):
        candidates.note_links(db, f"a{number}.example", [f"https://b{number}.example/"], at=NOW)
    at = to_text(NOW)
    with transaction(db) as connection:
        connection.execute("update candidates set state = 'proposed', words = ?, url = ?", [next(word), next(url)])
        for _ in range(12):
            connection.execute(
                "insert into saved_searches (name, address, role, made) values (?, ?, ?, ?)",
                [next(word), f"/arkiv?q={next(word)}", next(word), at],
            )
            connection.execute(
                "insert into file_changes (at, role, file, what, before, after) values (?, ?, 'feeds.txt', ?, ?, ?)",
                [at, next(word), next(word), next(word), next(word)],
            )
            connection.execute(
                "insert into deletions (at, rule, rows, class, decision) values (?, ?, 1, ?, ?)",
                [at, next(word), next(word), next(word)],
            )
            connection.execute(
                "insert into erasures (at, role, decision, way, places) values (?, ?, ?, 'hide', '{}')",
                [at, next(word), next(word)],
            )
        for (source,) in connection.execute("select url from sources").fetchall():
            connection.execute(
                """insert into polls (source, at, outcome, reason, status, entries, new)
                   values (?, ?, 'transient', ?, 500, 0, 0)""",
                [source, at, next(word)],
            )
            connection.execute(
                "update sources set moved_to = ?, reserved = ?, failures = 9, followed = 1 where url = ?",
                [next(url), next(word), source],
            )
        for row in rows:
            connection.execute(
                "update archive set topic = ?, unit = ? where article = ?", [next(word), next(word), row]
            )
