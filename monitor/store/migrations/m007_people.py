"""m007 to m010: letters on their way, stories, and what people say."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m007_outbox(db: Database) -> None:
    """What is sent to whom and what became of it; reviews of letters; who has ended the mailing; alerts."""
    run(
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
    run(
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
    run(
        db,
        "alter table stories add column tone text not null default 'not assessed'",
        "alter table stories add column answer_by text",  # set by hand: an answer is due then
        "alter table stories add column marked_by text not null default ''",  # the role that did
    )


@migrations()
def m010_corrections(db: Database) -> None:
    """What staff say of a hit: labelled examples. A wrong hit is hidden, never deleted, and can be brought back."""
    run(
        db,
        "alter table articles add column hidden integer not null default 0",
        # Counting eight weeks of days must not fetch the rows: they carry whole texts.
        "drop index articles_by_time",
        "create index articles_by_time on articles (at, hidden, prominent, source)",
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


@migrations()
def m011_articles_of_a_letter(db: Database) -> None:
    """A letter that is made again puts its articles in place of the earlier ones: they are found by their day."""
    run(db, "create index digest_articles_by_day on digest_articles (day)")
