"""m001 to m006: from sources to digests, the search, and what was purged."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m001_sources_and_polls(db: Database) -> None:
    """Sources as they stand in feeds.txt with the state of their reading, and every poll."""
    run(
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
    run(
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
    run(
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
    run(
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
    run(
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
    run(
        db,
        """create table deletions (
            id integer primary key,
            at text not null,
            rule text not null,
            rows integer not null
        ) strict""",
    )
