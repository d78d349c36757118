"""Sites that nobody has listed: who leads to them, what a trial found, what people said of them."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlite_utils import Database

from monitor.core.candidates import Score
from monitor.core.sites import front_of, site_of
from monitor.models import Candidate, CandidateState, Trial
from monitor.store.db import time_of, to_text, to_time, transaction

_OPEN = (CandidateState.NEW, CandidateState.TRIED, CandidateState.PROPOSED)


def note_links(
    db: Database, referrer: str, urls: Iterable[str], *, at: datetime, hops: int = 1, named: bool = False
) -> None:
    """Remember that `referrer` leads to the sites of `urls`; with `named`, by a page of theirs that names the town.

    What a person has decided, and what a trial found, stays.
    """
    moment = to_text(at)
    with transaction(db) as connection:
        for url in urls:
            site = site_of(url)
            connection.execute(
                """insert into candidates (site, url, state, hops, named, first_seen, last_seen)
                   values (?, ?, ?, ?, ?, ?, ?)
                   on conflict (site) do update set last_seen = excluded.last_seen, hops = min(hops, excluded.hops),
                       named = max(named, excluded.named)""",
                [site, front_of(url), CandidateState.NEW, hops, named, moment, moment],
            )
            connection.execute("insert or ignore into candidate_links values (?, ?)", [site, referrer])


def candidates_to_try(db: Database, now: datetime, limit: int, covered: Collection[str] = ()) -> list[Candidate]:
    """Return the sites to try, the likeliest first; never one that a person has decided on, nor one of `covered`."""
    rows = db.query(
        """select c.*, (select count(*) from candidate_links l where l.site = c.site) leading from candidates c
           where state in (?, ?, ?) and (due is null or due <= ?)
           order by named desc, tried is not null, hops, leading desc, first_seen, site""",
        [*_OPEN, to_text(now)],
    )
    wanted = (_candidate(db, row) for row in rows if row["site"] not in covered)
    return [candidate for candidate, _ in zip(wanted, range(limit), strict=False)]


def save_trial(db: Database, site: str, trial: Trial, score: Score, *, at: datetime, due: datetime) -> None:
    """Save what a trial found, unless a person has decided meanwhile."""
    state = CandidateState.PROPOSED if score.proposed else CandidateState.TRIED
    with transaction(db) as connection:
        connection.execute(
            """update candidates set state = ?, tried = ?, due = ?, trial = ?, score = ?, words = ?
               where site = ? and state in (?, ?, ?)""",
            [
                state, to_text(at), to_text(due), msgspec.json.encode(trial).decode(), score.points, score.words,
                site, *_OPEN,
            ],
        )  # fmt: skip


def list_candidates(
    db: Database, states: Collection[CandidateState] = (CandidateState.PROPOSED,), covered: Collection[str] = ()
) -> tuple[Candidate, ...]:
    """Return the sites in any of `states`, the best first; those of `covered` sites are listed by now and left out."""
    marks = ", ".join("?" * len(states))
    rows = db.query(
        f"select * from candidates where state in ({marks}) order by score desc, site",  # noqa: S608 (placeholders)
        list(states),
    )
    return tuple(_candidate(db, row) for row in rows if row["site"] not in covered)


def find_candidate(db: Database, url: str) -> Candidate | None:
    """Return the candidate whose site an address, or the name of a site, belongs to."""
    names = [url, site_of(url if "://" in url else f"https://{url}")]
    for row in db.query("select * from candidates where site in (?, ?)", names):
        return _candidate(db, row)
    return None


def decide(db: Database, site: str, yes: bool, *, role: str, at: datetime) -> bool:
    """Remember a person's yes or no for good; False when there is no such candidate. The line is the caller's."""
    state = CandidateState.ADDED if yes else CandidateState.DECLINED
    with transaction(db) as connection:
        changed = connection.execute(
            "update candidates set state = ?, decided = ?, role = ? where site = ?", [state, to_text(at), role, site]
        )
        return changed.rowcount > 0


def forget_candidates(db: Database, before: datetime) -> int:
    """Delete the sites that nothing has led to since; what a person decided stays."""
    with transaction(db) as connection:
        return connection.execute(
            "delete from candidates where last_seen < ? and state in (?, ?)",
            [to_text(before), CandidateState.NEW, CandidateState.TRIED],
        ).rowcount


def save_discovery(db: Database, *, at: datetime, requests: int, tried: int, proposed: int) -> None:
    """Remember what one search for new sources has cost and brought."""
    with transaction(db) as connection:
        connection.execute(
            """insert into discoveries values (?, ?, ?, ?) on conflict do update set
               requests = requests + excluded.requests, tried = tried + excluded.tried,
               proposed = proposed + excluded.proposed""",
            [to_text(at), requests, tried, proposed],
        )


def requests_since(db: Database, since: datetime) -> int:
    """Return how many requests the search for new sources has made after `since`."""
    row = db.execute("select coalesce(sum(requests), 0) from discoveries where at > ?", [to_text(since)]).fetchone()
    return int(row[0])


def _candidate(db: Database, row: dict[str, object]) -> Candidate:
    site = str(row["site"])
    links = db.execute("select referrer from candidate_links where site = ? order by referrer", [site]).fetchall()
    trial = row["trial"]
    return Candidate(
        site=site,
        url=str(row["url"]),
        state=CandidateState(str(row["state"])),
        hops=int(str(row["hops"])),
        referrers=tuple(referrer for (referrer,) in links),
        named=bool(row["named"]),
        first_seen=time_of(str(row["first_seen"])),
        last_seen=time_of(str(row["last_seen"])),
        tried=to_time(str(row["tried"]) if row["tried"] else None),
        trial=msgspec.json.decode(str(trial), type=Trial) if trial else None,
        score=float(str(row["score"])),
        words=str(row["words"]),
    )
