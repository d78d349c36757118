"""m014: search in Swedish, facets, saved searches. Decisions 0013 and 0014."""

import re

from sqlite_utils import Database

from monitor.store.index import index_words
from monitor.store.migrations.registry import migrations, run

# A document's number is the minute of its news, then a count within it: rows in order of number are in order of
# time, so the newest hits and those of a month are found without sorting. 65,536 articles fit into one minute.
_NUMBER = """(select coalesce(max(doc) + 1, strftime('%s', {row}.at) / 60 * 65536) from archive
    where doc between strftime('%s', {row}.at) / 60 * 65536 and strftime('%s', {row}.at) / 60 * 65536 + 65535)"""
_TAKE_OUT = """insert into archive_words (archive_words, rowid, words)
    select 'delete', doc, search_words(old.title, old.lead, old.text) from archive where article = old.id"""
_PUT_IN = """insert into archive_words (rowid, words)
    select doc, search_words(new.title, new.lead, new.text) from archive where article = new.id"""


@migrations()
def m014_archive(db: Database) -> None:
    """One index of words and roots, one narrow row of facets an article, both kept right by triggers.

    `search_words` is `core.search.index_text`: every connection of `store.db` has it, and one that has not cannot
    write articles.
    """
    run(
        db,
        "drop trigger articles_fts_insert",
        "drop trigger articles_fts_delete",
        "drop trigger articles_fts_update",
        "drop table articles_fts",
        """create table archive (
            doc integer primary key,     -- minute of its news * 65536 + count
            article integer not null unique references articles (id),
            source text not null,
            place text not null,
            kind text not null,
            about integer not null,
            hidden integer not null,
            topic text not null default '',   -- of its story: key, and the unit that answers for it
            unit text not null default '',
            tone text not null default 'not assessed'
        ) strict""",
        """create virtual table archive_words using fts5 (
            words, content='', columnsize=0, tokenize="ascii tokenchars '=+'"
        )""",
        """create table archive_queue (story integer primary key) strict""",  # stories whose topic is to be judged
        "create table archive_state (name text primary key, value text not null) strict, without rowid",
    )
    for facet in ("source", "place", "topic", "unit", "tone", "kind"):
        db.execute(f"create index archive_by_{facet} on archive ({facet}, doc)")
    _make_triggers(db)
    _fill(db)


def _make_triggers(db: Database) -> None:
    triggers = [
        """create trigger archive_new after insert on articles begin
            insert into archive (doc, article, source, place, kind, about, hidden)
            values (NUMBER, new.id, new.source, new.place, new.kind, new.about, new.hidden);
            PUT_IN;
        end""",
        """create trigger archive_words_changed after update of title, lead, text, at on articles
            when new.title is not old.title or new.lead is not old.lead or new.text is not old.text
                or new.at is not old.at begin
            TAKE_OUT;
            update archive set doc = NUMBER
                where article = new.id and doc / 65536 != strftime('%s', new.at) / 60;
            PUT_IN;
            insert or ignore into archive_queue select story from story_articles where article = new.id;
        end""",
        """create trigger archive_facts_changed after update of source, place, kind, about, hidden on articles begin
            update archive set source = new.source, place = new.place, kind = new.kind, about = new.about,
                hidden = new.hidden where article = new.id;
        end""",
        """create trigger archive_gone before delete on articles begin
            TAKE_OUT;
            delete from archive where article = old.id;
        end""",
        """create trigger archive_tone after update of tone on stories begin
            update archive set tone = new.tone
                where article in (select article from story_articles where story = new.id);
        end""",
        # `insert or replace` fires no trigger for the row it replaces: the story it leaves is noted before.
        """create trigger archive_story_left before insert on story_articles begin
            insert or ignore into archive_queue select story from story_articles where article = new.article;
        end""",
        """create trigger archive_story after insert on story_articles begin
            insert or ignore into archive_queue values (new.story);
            update archive set tone = (select tone from stories where id = new.story) where article = new.article;
        end""",
        """create trigger archive_story_changed after update of story on story_articles begin
            insert or ignore into archive_queue values (old.story), (new.story);
            update archive set tone = (select tone from stories where id = new.story) where article = new.article;
        end""",
    ]
    parts = {"NUMBER": _NUMBER.format(row="new"), "PUT_IN": _PUT_IN, "TAKE_OUT": _TAKE_OUT}
    run(db, *(re.sub(r"\b(?:NUMBER|PUT_IN|TAKE_OUT)\b", lambda found: parts[found[0]], sql) for sql in triggers))


def _fill(db: Database) -> None:
    """Take in what there is, article by article in order of time, so that the index is written in order."""
    number = _NUMBER.format(row="a")
    for (id_,) in db.execute("select id from articles order by at, id").fetchall():
        db.execute(
            f"""insert into archive (doc, article, source, place, kind, about, hidden, tone)
                select {number}, a.id, a.source, a.place, a.kind, a.about, a.hidden, coalesce(s.tone, 'not assessed')
                from articles a left join story_articles m on m.article = a.id left join stories s on s.id = m.story
                where a.id = ?""",  # noqa: S608 (a constant)
            [id_],
        )
    index_words(db)
    db.execute("insert into archive_queue select distinct story from story_articles")


@migrations()
def m014b_saved_searches(db: Database) -> None:
    """Searches that an editor gave a name; everybody sees them."""
    run(
        db,
        """create table saved_searches (
            id integer primary key,
            name text not null unique,
            address text not null,       -- the query string of /arkiv
            role text not null,          -- who saved it, as a role: never a name
            made text not null
        ) strict""",
    )


@migrations()
def m014c_statistics(db: Database) -> None:
    """Cases are found by when they came in; whether anything was read on a day is seen without the rows of polls."""
    run(
        db,
        "create index cases_by_received on cases (received)",
        "create index polls_by_time on polls (at, outcome)",
    )
