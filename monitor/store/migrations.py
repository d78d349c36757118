"""The schema, step by step. Append only: a step that has been released is never changed.

sqlite-utils runs each step in a transaction of its own and remembers it in `_sqlite_migrations`.
"""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("monitor")


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)


@migrations()
def m001_sources_and_polls(db: Database) -> None:
    """Sources as they stand in feeds.txt with the state of their reading, and every poll."""
    _run(
        db,
        """create table sources (
            url text primary key,
            kind text not null,
            name text not null,
            first_polled text,           -- first poll that was read; entries of that poll are the baseline
            last_polled text,
            last_ok text,
            failures integer not null default 0,
            due text,
            etag text not null default '',
            last_modified text not null default '',
            body_hash text not null default ''
        ) strict""",
        """create table polls (
            id integer primary key,
            source text not null references sources (url),
            at text not null,
            outcome text not null,
            reason text not null,
            status integer,
            entries integer not null,
            new integer not null
        ) strict""",
        "create index polls_by_source on polls (source, at)",
    )


@migrations()
def m002_pages_and_entries(db: Database) -> None:
    """What the sources say (entries), and the pages they point to. Several entries may point to one page."""
    _run(
        db,
        """create table pages (
            id integer primary key,
            key text not null unique,    -- identity of the address (core.urls.identity_key)
            url text not null,           -- the address to fetch; '' when the entry has none
            source text not null references sources (url),
            state text not null,
            reason text not null default '',
            newest text not null,        -- published, else first seen: newest is fetched first
            attempts integer not null default 0,
            retry text,                  -- when an unavailable page may be tried again
            fetched text,
            expires text,
            final_url text not null default '',
            content_type text not null default '',
            body blob
        ) strict""",
        "create index pages_to_fetch on pages (source, state, newest)",
        "create index pages_by_state on pages (state, id)",
        "create index pages_to_retry on pages (retry) where retry is not null",
        "create index pages_to_expire on pages (expires) where expires is not null",
        """create table entries (
            id integer primary key,
            source text not null references sources (url),
            key text not null,
            page integer not null references pages (id),
            native_id text not null,
            url text not null,
            title text not null,
            summary text not null,
            content text not null,
            published text,
            published_raw text not null,
            updated text,
            fingerprint text not null,
            baseline integer not null,
            first_seen text not null,
            last_changed text not null,
            unique (source, key)
        ) strict""",
        "create index entries_by_page on entries (page)",
    )


@migrations()
def m003_articles(db: Database) -> None:
    """Texts that name the municipality, their mentions, and what hosts repeat on every page."""
    _run(
        db,
        """create table articles (
            id integer primary key,
            key text not null unique,    -- identity of the canonical URL
            url text not null,
            page integer not null references pages (id),
            source text not null references sources (url),
            title text not null,
            lead text not null,
            text text not null,
            at text not null,            -- published, else first seen
            published text,
            published_from text not null,
            seen text not null,
            revised text,
            baseline integer not null,
            language text not null,
            access text not null,
            author_role text not null,
            outcome text not null,
            note text not null,
            from_feed integer not null,
            code text not null,
            place text not null,
            kind text not null,
            about integer not null,
            prominent integer not null,  -- its headline or lead names the place (core.digest.is_prominent)
            score real not null,
            reason text not null
        ) strict""",
        "create index articles_by_time on articles (at)",
        "create index articles_by_seen on articles (seen)",
        "create index articles_by_page on articles (page)",
        """create table mentions (
            article integer not null references articles (id) on delete cascade,
            place_in text not null,
            start integer not null,
            stop integer not null,
            text text not null,
            rule text not null,
            primary key (article, place_in, start, stop)
        ) strict, without rowid""",
        """create table hosts (
            host text primary key,
            pages integer not null
        ) strict, without rowid""",
        """create table blocks (
            host text not null,
            key text not null,
            pages integer not null,
            primary key (host, key)
        ) strict, without rowid""",
    )


@migrations()
def m004_stories_and_digests(db: Database) -> None:
    """Articles folded into stories, and the digests that were made."""
    _run(
        db,
        "create table stories (id integer primary key, made text not null) strict",
        """create table story_articles (
            article integer primary key references articles (id) on delete cascade,
            story integer not null references stories (id),
            copy integer not null,
            reason text not null
        ) strict""",
        "create index story_articles_by_story on story_articles (story)",
        """create table digests (
            day text primary key,        -- the local day of the letter, YYYY-MM-DD
            starts text not null,
            ends text not null,
            made text not null,
            complete integer not null,   -- whether all sources that matter were read
            data text not null           -- the composed digest as JSON
        ) strict""",
        """create table digest_articles (
            article integer not null references articles (id) on delete cascade,
            day text not null references digests (day),
            primary key (article, day)
        ) strict, without rowid""",
    )


@migrations()
def m005_search(db: Database) -> None:
    """Full text of articles. remove_diacritics 0: "å" is a letter of its own, not an "a" with a ring."""
    _run(
        db,
        """create virtual table articles_fts using fts5 (
            title, lead, text, content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 0'
        )""",
        """create trigger articles_fts_insert after insert on articles begin
            insert into articles_fts (rowid, title, lead, text) values (new.id, new.title, new.lead, new.text);
        end""",
        """create trigger articles_fts_delete after delete on articles begin
            insert into articles_fts (articles_fts, rowid, title, lead, text)
            values ('delete', old.id, old.title, old.lead, old.text);
        end""",
        """create trigger articles_fts_update after update of title, lead, text on articles begin
            insert into articles_fts (articles_fts, rowid, title, lead, text)
            values ('delete', old.id, old.title, old.lead, old.text);
            insert into articles_fts (rowid, title, lead, text) values (new.id, new.title, new.lead, new.text);
        end""",
    )


@migrations()
def m006_deletions(db: Database) -> None:
    """What was purged: which rule, how many, never the content."""
    _run(
        db,
        """create table deletions (
            id integer primary key,
            at text not null,
            rule text not null,
            rows integer not null
        ) strict""",
    )


@migrations()
def m007_outbox(db: Database) -> None:
    """What is sent to whom and what became of it; reviews of letters; who has ended the mailing; alerts."""
    _run(
        db,
        """create table outbox (
            id integer primary key,
            item text not null,          -- "letter 2026-11-24", "alert story 7"
            channel text not null,       -- "mail", "webhook"
            recipient text not null,     -- a mail address or a webhook's name
            edition text not null,
            key text not null unique,    -- the Message-ID: the same at every attempt
            state text not null,
            tries integer not null default 0, -- attempts that may have delivered or were refused
            reason text not null default '',
            queued text not null,
            tried text,
            unique (item, channel, recipient, edition)
        ) strict""",
        """create table reviews (
            day text primary key,
            made text not null,          -- which making of the day's digest was reviewed
            role text not null,
            at text not null
        ) strict""",
        """create table mailings (
            recipient text primary key,
            token text not null unique,  -- stands in List-Unsubscribe
            ended text
        ) strict""",
        """create table alerts (
            key text primary key,
            at text not null,
            content text not null        -- the message as JSON
        ) strict""",
    )


@migrations()
def m008_folding(db: Database) -> None:
    """What folding knows of open articles, why articles are together, what people decided, and earlier wordings."""
    _run(
        db,
        "alter table stories add column merged integer",  # the story that took over all its articles
        "alter table story_articles add column near integer",  # the article of the story that it is most like
        "alter table story_articles add column evidence text not null default ''",  # what says so, as JSON
        """create table story_queue (
            article integer primary key references articles (id) on delete cascade
        ) strict""",
        "insert into story_queue select id from articles where id not in (select article from story_articles)",
        """create trigger story_queue_new after insert on articles begin
            insert or ignore into story_queue values (new.id);
        end""",
        # Text that is purged is no change of the article.
        """create trigger story_queue_changed after update of title, lead, text on articles
            when new.title is not old.title or (new.text is not old.text and new.text != '') begin
            insert or ignore into story_queue values (new.id);
        end""",
        """create table story_sketches (
            article integer primary key references articles (id) on delete cascade,
            day integer not null,        -- of its news, counted from 1970
            data blob not null           -- core.stories.Sketch as MessagePack
        ) strict""",
        "create index story_sketches_by_day on story_sketches (day)",
        """create table story_keys (
            key integer not null,        -- a stem or a shingle of an article
            day integer not null,
            article integer not null,
            primary key (key, day, article)
        ) strict, without rowid""",
        """create table story_words (
            day integer not null,
            word text not null,          -- a stem; '' for every article of the day
            articles integer not null,
            primary key (day, word)
        ) strict, without rowid""",
        """create table story_pins (
            article integer primary key references articles (id) on delete cascade
        ) strict""",
        """create table story_decisions (
            id integer primary key,
            at text not null,
            role text not null,          -- who, as a role: never a name
            action text not null,
            story integer not null references stories (id),
            other integer references stories (id),
            articles text not null,      -- rows, as a JSON list
            note text not null
        ) strict""",
        "create index story_decisions_by_story on story_decisions (story)",
        """create table revisions (
            id integer primary key,
            article integer not null references articles (id) on delete cascade,
            at text not null,            -- when the new wording was seen
            title text not null,         -- the wording before
            lead text not null,
            text text not null
        ) strict""",
        "create index revisions_by_article on revisions (article, at)",
        """create trigger revisions_keep after update of title, lead, text on articles
            when new.revised is not old.revised and (new.title is not old.title or new.text is not old.text) begin
            insert into revisions (article, at, title, lead, text)
            values (new.id, new.revised, old.title, old.lead, old.text);
        end""",
        # Earlier wordings go when the text goes.
        """create trigger revisions_purge after update of text on articles
            when new.text = '' and old.text != '' begin
            update revisions set text = '', lead = '' where article = new.id;
        end""",
    )


@migrations()
def m009_judged_by_people(db: Database) -> None:
    """What people say of a story: its tone, and that it needs an answer."""
    _run(
        db,
        "alter table stories add column tone text not null default 'not assessed'",
        "alter table stories add column answer_by text",  # set by hand: an answer is due then
        "alter table stories add column marked_by text not null default ''",  # the role that did
    )


@migrations()
def m010_corrections(db: Database) -> None:
    """What staff say of a hit: labelled examples. A wrong hit is hidden, never deleted, and can be brought back."""
    _run(
        db,
        "alter table articles add column hidden integer not null default 0",
        """create table corrections (
            id integer primary key,
            article integer not null references articles (id) on delete cascade,
            judgement text not null,
            role text not null,          -- who, as a role: never a name
            at text not null,
            undone text
        ) strict""",
        "create index corrections_by_article on corrections (article)",
    )
