"""Invented days for the letter: the municipality is real, all media, articles and figures are made up."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.digest import CaseMark, DayCount, Digest, Followed, LateCase, compose, days_of
from monitor.core.digest.values import PastDigest
from monitor.models import (
    Access,
    Article,
    Aside,
    AuthorRole,
    CaseStatus,
    FoundPlace,
    Mention,
    Need,
    NeedRule,
    Outcome,
    Period,
    PlaceKind,
    Poll,
    PollOutcome,
    Source,
    SourceClass,
    SourceState,
    Story,
    Topic,
    WeightKey,
    WeightPart,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PERIOD = Period(start=datetime(2026, 11, 23, 5, 30, tzinfo=UTC), end=datetime(2026, 11, 24, 5, 30, tzinfo=UTC))
FETCHED = datetime(2026, 11, 24, 5, 28, tzinfo=UTC)
MADE_AT = datetime(2026, 11, 24, 5, 42, tzinfo=UTC)
NAMES = ("Katrineholms kommun", "Katrineholms", "Katrineholm")

_CLASSES = {
    "Djulöposten": SourceClass.LOCAL_PAPER,
    "Viren Direkt": SourceClass.LOCAL_WEB,
    "Radio Näsnaren": SourceClass.RADIO,
    "Rikskuriren": SourceClass.NATIONAL,
    "Länsnytt": SourceClass.AUTHORITY,
    "Musik & Skola": SourceClass.TRADE,
    "Forum Katrineholm": SourceClass.FORUM,
    "Kommunbloggen": SourceClass.BLOG,
    "Julitabladet": SourceClass.LOCAL_PAPER,
    "Bygdens podd": SourceClass.OTHER,
}


def clock(day: int, time: str) -> datetime:
    """Return the moment of a Swedish clock in November 2026."""
    hour, minute = time.split(".")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=STOCKHOLM).astimezone(UTC)


def feed_of(name: str) -> str:
    """Return the feed of an invented source."""
    host = re.sub(r"[^a-z]", "", name.lower().translate(str.maketrans("åäö", "aao")))
    return f"https://{host}.example/feed"


def state(
    name: str,
    outcome: PollOutcome = PollOutcome.OK,
    *,
    last_ok: datetime | None = FETCHED,
    important: bool = False,
    status: int | None = 200,
) -> SourceState:
    """Return how an invented source stands on the morning of the letter."""
    source = Source(
        url=feed_of(name), name=name, source_class=_CLASSES.get(name, SourceClass.OTHER), important=important
    )
    last = Poll(source=source.url, at=FETCHED, outcome=outcome, status=status)
    return SourceState(source=source, last=last, last_ok=last_ok, failures=0 if outcome.healthy else 3)


def sources(total: int = 24) -> list[SourceState]:
    """Return `total` sources that all answer."""
    names = [*_CLASSES, *(f"Källa {number}" for number in range(len(_CLASSES) + 1, total + 1))]
    return [state(name, important=name in {"Djulöposten", "Radio Näsnaren"}) for name in names]


def place_in(title: str, text: str, names: Sequence[str] = NAMES, *, about: bool = True,
             kind: PlaceKind = PlaceKind.MUNICIPALITY) -> FoundPlace:  # fmt: skip
    """Return Katrineholm with every naming in title and text."""
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
    mentions = tuple(
        Mention(start=hit.start(), end=hit.end(), text=hit[0], rule="name", where=where)
        for where, field in (("title", title), ("text", text))
        for hit in pattern.finditer(field)
    )
    return FoundPlace(
        code="0483", name="Katrineholm", kind=kind, about=about, score=0.9, reason="the name stands in the text",
        mentions=mentions,
    )  # fmt: skip


def article(name: str, at: datetime | None, title: str, lead: str = "", text: str = "", *, slug: str = "",
            about: bool = True, kind: PlaceKind = PlaceKind.MUNICIPALITY, **changes: Any) -> Article:  # fmt: skip
    """Return an article of an invented source, found five minutes after it was published."""
    body = f"{lead}\n{text}" if lead and text else lead or text
    address = slug or re.sub(r"[^a-z0-9]+", "-", title.lower().translate(str.maketrans("åäö", "aao"))).strip("-")
    made = Article(
        url=f"{feed_of(name).removesuffix('/feed')}/{address}",
        source=feed_of(name),
        title=title,
        lead=lead,
        text=body,
        published=at,
        published_from="json-ld" if at else "",
        seen_at=(at or PERIOD.start) + timedelta(minutes=5),
        access=Access.FREE,
        author_role=AuthorRole.NEWSROOM,
        place=place_in(title, body, about=about, kind=kind),
    )
    return replace(made, **changes)


def stories() -> list[Story]:
    """Return a Monday with nine stories about the municipality and four that name it otherwise."""
    preschool_lead = (
        "Förskolan Blåstjärnan stängdes på måndagen sedan fukt hittats på två avdelningar. Föräldrar är kritiska till "
        "det sena beskedet. Barnen går tills vidare på tre andra förskolor."
    )
    preschool = article(
        "Djulöposten", clock(23, "11.20"), "Förskola stängdes efter fuktlarm: ”Vi fick veta på fredagskvällen”",
        preschool_lead,
        "Beskedet kom i ett mejl strax före klockan åtta på fredagskvällen.\n"
        "”Att huset måste stängas förstår alla. Men Katrineholms kommun borde ha haft en plan för barnen innan "
        "beskedet gick ut”, säger en förälder.\nEnligt förskolechefen pågår mätningarna hela veckan.",
        slug="blastjarnan", access=Access.LOCKED,
    )  # fmt: skip
    agency = article(
        "Rikskuriren", clock(23, "21.40"), "Fukt stängde förskola i Katrineholm", preschool_lead,
        "Katrineholms kommun räknar med att huset är stängt i tre veckor.", author_role=AuthorRole.AGENCY,
    )  # fmt: skip
    radio = [
        article("Radio Näsnaren", clock(23, "17.00"), "Föräldrar i Katrineholm: Vi vill ha besked", "Hör föräldrarna.",
                slug="foraldrar-kvall"),
        article("Radio Näsnaren", clock(24, "06.00"), "Så ska barnen i Katrineholm få plats", "Tre förskolor tar emot.",
                slug="foraldrar-morgon"),
    ]  # fmt: skip
    local = article("Viren Direkt", clock(23, "15.12"), "Blåstjärnan stängd tills vidare", "",
                    "Förskolan i Katrineholm är stängd tills vidare.")  # fmt: skip
    budget = article(
        "Djulöposten", clock(23, "20.15"), "Fullmäktige sa ja: 14 miljoner mer till äldreomsorgen",
        "Kommunfullmäktige antog budgeten för 2027. Äldreomsorgen får 14 miljoner kronor mer än i år.",
        "Med siffrorna 28 mot 23 antog fullmäktige i Katrineholm budgeten strax före åtta på kvällen.\n"
        "Oppositionen ville lägga mer på skolan.", access=Access.LOCKED, revised_at=clock(23, "21.40"),
    )  # fmt: skip
    water = article(
        "Viren Direkt", clock(23, "13.45"), "Brunt vatten i Valla efter ledningsbyte",
        "Hushåll i Valla hade missfärgat vatten under måndagen. Kommunens information på webben får beröm, men flera "
        "saknar sms.",
        "Arbetet med ledningen började på morgonen. Enligt Katrineholms kommun är vattnet ofarligt och bör vara klart "
        "igen på onsdag.\nDen som vill kan hämta vatten vid skolan.",
    )  # fmt: skip
    return [
        Story(id=1, articles=(preschool, local, *radio, agency), copies=frozenset({agency.url})),
        Story(id=2, articles=(
            budget,
            article("Radio Näsnaren", clock(23, "20.30"), "Katrineholms budget klubbad", "Så röstade partierna."),
            article("Viren Direkt", clock(23, "20.52"), "Budgeten antagen", "", "Katrineholm har en budget för 2027."),
        )),
        Story(id=3, articles=(
            water,
            article("Djulöposten", clock(23, "15.30"), "Missfärgat vatten i Valla", "",
                    "Katrineholms kommun spolar ledningarna."),
            article("Radio Näsnaren", clock(23, "16.00"), "Brunt vatten ur kranen", "",
                    "Boende i Valla utanför Katrineholm fick brunt vatten i kranen."),
        )),
        Story(id=4, articles=(article(
            "Djulöposten", clock(23, "07.05"), "När tänds lamporna längs Djulösjön?",
            "Skribenten undrar varför gångvägen saknar belysning två år efter ett medborgarförslag.",
            "Förslaget bifölls. Min fråga till Katrineholms kommun är enkel: vilket år?", slug="insandare-belysning",
        ),)),
        Story(id=5, articles=(article(
            "Forum Katrineholm", clock(23, "22.10"), "Lång tråd om halka på cykelvägarna", "",
            "Plogat på bilvägen redan fem, men cykelvägen glömmer Katrineholm varje gång. Så har det varit i flera år.",
        ),)),
        Story(id=6, articles=(
            article("Musik & Skola", clock(23, "09.00"), "Kulturskolan först i länet utan kö",
                    "Korta terminskurser gjorde att kön försvann på ett år.",
                    "Det Katrineholm har gjort borde fler kommuner våga prova."),
            article("Djulöposten", clock(23, "14.10"), "Ingen kö till kulturskolan", "",
                    "I Katrineholm får alla barn plats på kulturskolan."),
        )),
        Story(id=7, articles=(article(
            "Rikskuriren", clock(23, "18.30"), "Här växer industrin: så gick det för Katrineholm",
            "Tre nya fabriker på fem år har gett Katrineholm 600 jobb. Nu saknas bostäder.", access=Access.LOCKED,
            outcome=Outcome.PARTIAL, from_feed=True, note="the site wants payment (HTTP 402)",
        ),)),
        Story(id=8, articles=(article(
            "Kommunbloggen", None, "Öppna data på riktigt", "",
            "Jag har bett om fyra kommuners öppna data. Katrineholm svarade samma dag, med allt i en fil.",
            seen_at=clock(23, "23.15"),
        ),)),
        Story(id=9, articles=(article(
            "Julitabladet", clock(24, "05.10"), "Bussen till Julita blir kvar", "",
            "Katrineholms kommun och regionen är överens om linjen till Julita i två år till.",
            outcome=Outcome.PARTIAL, note="only the headline and one paragraph were found",
        ),)),
        Story(id=10, articles=(article(
            "Länsnytt", clock(23, "10.00"), "Länets kommuner söker gemensamt om pengar för fiber", "",
            "Ansökan görs av Nyköping, Katrineholm, Flen och Vingåker.", about=False,
        ),)),
        Story(id=11, articles=(article(
            "Rikskuriren", clock(23, "12.00"), "Så många flyttade under hösten", "",
            "Tabell: Kalix 12, Karlskoga 40, Katrineholm 31, Kiruna 7.", about=False,
        ),)),
        Story(id=12, articles=(
            article("Viren Direkt", clock(23, "16.40"), "Tågstopp väntas på västra stambanan", "",
                    "Tågen står stilla mellan Katrineholm och Hallsberg på lördag.", about=False),
            article("Radio Näsnaren", clock(23, "17.30"), "Tågstopp på lördag", "",
                    "Inga tåg går mellan Katrineholm och Hallsberg.", about=False),
        )),
        Story(id=13, articles=(article(
            "Bygdens podd", clock(23, "19.00"), "Avsnitt 40: släkten Katrineholm", "", "", about=False,
            kind=PlaceKind.NAMED_AFTER,
        ),)),
    ]  # fmt: skip


WATCHED = ("resecentrum", "simhall", "kulturskola", "vindkraft")
FOLLOWED = Followed(
    cases={
        1: CaseMark(number="261124-1", status=CaseStatus.NEW, proposed="bildningsförvaltningen"),
        3: CaseMark(number="261124-2", status=CaseStatus.WATCHED, owner="vatten- och avfallsbolaget"),
    },
    late=(
        LateCase(
            number="261112-2",
            title="Insändare om parkering för rörelsehindrade vid torget",
            due=clock(20, "16.00"),
            days=2,
            owner="samhällsbyggnadsförvaltningen",
        ),
        LateCase(number="261118-1", title="", due=clock(23, "16.00"), days=1),
        *(
            LateCase(number=f"26112{n}-3", title=f"Brev {n} om kollektivtrafiken", due=clock(23, "18.00"), days=1)
            for n in range(5)
        ),
    ),
)
TRIAGE: dict[str, Any] = {
    "judged": True,
    "watched": WATCHED,
    "web": "https://bevakning.kommun.example/",
    "followed": FOLLOWED,
}
"""What a letter has besides when stories are weighed and the follow-up pages are there."""


def weighed(the_stories: Sequence[Story]) -> list[Story]:
    """Return the stories of `stories()` with topic, reach, weight and what needs an answer."""
    topics = {
        1: ("Förskola och skola", "bildningsförvaltningen"),
        2: ("Ekonomi och personal", "kommunledningsförvaltningen"),
        3: ("Vatten och avfall", "vatten- och avfallsbolaget"),
        4: ("Gator och trafik", "samhällsbyggnadsförvaltningen"),
        5: ("Gator och trafik", "samhällsbyggnadsförvaltningen"),
        6: ("Kultur och fritid", "kulturförvaltningen"),
    }
    reaches = {1: 3, 2: 2, 3: 2, 7: 3}
    needs = {
        1: Need(rule=NeedRule.SOUGHT, due=clock(24, "12.00"), words="Kommunen har inte gått att nå."),
        4: Need(rule=NeedRule.QUESTION, due=datetime(2026, 12, 1, 15, tzinfo=UTC), to="samhällsbyggnadsnämnden"),
    }
    made = []
    for story in the_stories:
        name, unit = topics.get(story.id, ("", ""))
        reach = reaches.get(story.id, 1)
        made.append(
            replace(
                story,
                topic=Topic(key=name, name=name, unit=unit) if name else None,
                reach=reach,
                weight=(
                    WeightPart(key=WeightKey.REACH, found=str(reach), adds=3 * reach),
                    WeightPart(key=WeightKey.SOURCES, found=str(len(story.articles)), adds=len(story.articles)),
                ),
                need=needs.get(story.id),
                aside={10: Aside.PASSING, 11: Aside.LISTED}.get(story.id),
            )
        )
    return made


def own_voice() -> Story:
    """Return a story that only the municipality itself has told."""
    own = article("Kommunens webb", clock(23, "10.00"), "Så söker du plats i förskolan", "", "Katrineholms kommun.")
    return Story(id=20, articles=(own,), own=frozenset({own.url}))


def history(articles: Sequence[int] = (11, 13, 9, 10, 12, 5, 6), period: Period = PERIOD) -> list[DayCount]:
    """Return eight weeks of days, with so many articles on Mondays, Tuesdays and so on, a little uneven."""
    return [
        DayCount(
            day=day.date,
            articles=articles[day.date.weekday()] + day.date.day % 3 - 1,
            prominent=articles[day.date.weekday()] // 3,
            stories=articles[day.date.weekday()] // 2,
        )
        for day in days_of(period, STOCKHOLM).before
    ]


def letter(
    the_stories: Sequence[Story],
    the_sources: Sequence[SourceState],
    day_counts: Sequence[DayCount],
    *,
    period: Period = PERIOD,
    **more: Any,
) -> Digest:
    """Compose a letter for Katrineholm."""
    settings: dict[str, Any] = {
        "organisation": "Katrineholms kommun",
        "contact": "kommunikation@kommun.example",
        "made_at": MADE_AT,
        "time_zone": STOCKHOLM,
        "example": True,
    }
    if followed := more.get("followed"):
        urls = [article.url for story in the_stories for article in story.articles]
        settings["followed"] = replace(followed, rows={url: number for number, url in enumerate(urls, 1)})
        del more["followed"]
    return compose(
        period=period, stories=the_stories, day_counts=day_counts, sources=the_sources, **{**settings, **more}
    )


def past_letters() -> list[PastDigest]:
    """Return what a list of letters holds: a common day, an empty, an incomplete, a hostile and an old one."""
    days = ((24, True, 23, "Förskola stängdes"), (23, True, 0, ""), (22, False, 4, "<b>&amp;</b>\u202e" + "x" * 300))
    past = [
        PastDigest(
            day=date(2026, 11, number), made_at=clock(number, "06.42"), complete=complete, articles=count, title=title
        )
        for number, complete, count, title in days
    ]
    return [*past, PastDigest(day=date(2025, 2, 3), made_at=MADE_AT - timedelta(days=659), complete=True)]


# --- whole days ----------------------------------------------------------------------------------------


def normal_day() -> Digest:
    """A busy Monday; two of 24 sources failed, which is under the threshold."""
    states = sources()
    states[8] = state("Julitabladet", PollOutcome.EMPTY)
    states[9] = state("Bygdens podd", PollOutcome.TRANSIENT, last_ok=clock(21, "06.28"), status=None)
    states[23] = state("Källa 24", PollOutcome.BLOCKED, last_ok=None, status=403)
    return letter([*weighed(stories()), own_voice()], states, history(), candidates=3, **TRIAGE)


def empty_day() -> Digest:
    """A Monday without a hit, all sources fetched."""
    return letter([], sources(), history(), **TRIAGE)


def degraded_day() -> Digest:
    """Seven of 24 sources are missing, an important one among them."""
    states = sources()
    states[0] = state("Djulöposten", PollOutcome.TRANSIENT, last_ok=clock(23, "06.10"), important=True, status=503)
    states[2] = state("Radio Näsnaren", PollOutcome.UNREADABLE, last_ok=clock(23, "06.10"), important=True)
    states[3] = state("Rikskuriren", PollOutcome.ROBOTS, last_ok=None, status=None)
    states[4] = state("Länsnytt", PollOutcome.GONE, last_ok=clock(2, "09.00"), status=410)
    for number in (20, 21, 22):
        states[number] = state(f"Källa {number + 1}", PollOutcome.TRANSIENT, last_ok=clock(23, "21.10"), status=None)
    days = [replace(count, complete=count.day != date(2026, 11, 19)) for count in history()]
    return letter(weighed(stories())[2:], states, days, **TRIAGE)


def degraded_empty_day() -> Digest:
    """Nothing was found, and one source is missing."""
    states = [*sources(), state("Nya bladet", PollOutcome.TRANSIENT, last_ok=None)]
    return letter([], states, history(), **TRIAGE)


def first_day() -> Digest:
    """The first letter of a new home: nothing to compare with, one source not tried yet."""
    new = SourceState(source=Source(url=feed_of("Nya bladet"), name="Nya bladet"))
    return letter(stories()[:4], [*sources(), new], [])


def one_article_day() -> Digest:
    """One article, on an ordinary Monday."""
    return letter(stories()[3:4], sources(), history())


def busy_day() -> Digest:
    """Two hundred articles: one story of forty, and 160 of one article each."""
    names = list(_CLASSES)
    flood = tuple(
        article(
            names[number % len(names)], clock(23, "07.00") + timedelta(minutes=10 * number),
            f"Branden i Katrineholm, artikel {number + 1}",
            "Det brinner i ett magasin vid järnvägen. Ingen är skadad, och trafiken leds om.",
            f"Räddningstjänsten i Katrineholm har {number + 3} man på plats.",
        )
        for number in range(40)
    )  # fmt: skip
    others = [
        Story(id=100 + number, articles=(article(
            names[number % len(names)], clock(23, "08.00") + timedelta(minutes=5 * number),
            f"Nyhet nummer {number + 1} från nämnderna",
            "Nämnden fattade på måndagen beslut i en fråga som har väntat länge. Handlingarna finns på webben. "
            "Ordföranden kallar beslutet väntat, oppositionen kallar det sent.",
            f"Beslut nummer {number + 1} i Katrineholms kommun gäller från årsskiftet och omprövas efter ett år.",
        ),))
        for number in range(160)
    ]  # fmt: skip
    return letter([Story(id=1, articles=flood), *others], sources(), history())


DAYS = {
    "normal": normal_day,
    "empty": empty_day,
    "degraded": degraded_day,
    "degraded-empty": degraded_empty_day,
    "first-day": first_day,
    "one-article": one_article_day,
    "busy": busy_day,
}
