"""m013: cases, their log, and the register."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m013_cases(db: Database) -> None:
    """Cases as the replay of a log that nobody may change, the articles of each, and the texts as they were seen."""
    run(
        db,
        # A projection of the log, for lists: `data` is the whole case, the columns are what lists ask for.
        """create table cases (
            id integer primary key,
            number text not null unique,
            day text not null,           -- the local day it was opened
            counter integer not null,
            version integer not null,
            title text not null,
            status text not null,
            owner text not null,
            received text not null,
            due text,
            answered text,
            closed text,
            changed text not null,
            story integer,
            opened_by text not null,     -- the role that opened it; "monitor" for the monitoring itself
            diary_number text not null,
            words text not null,         -- what a search looks through, in lower case
            data text not null,          -- the case as JSON (models.Case)
            unique (day, counter)
        ) strict""",
        "create index cases_open on cases (due) where closed is null",
        "create index cases_closed on cases (closed) where closed is not null",
        "create index cases_by_story on cases (story)",
        """create table case_events (
            id integer primary key,
            case_id integer not null references cases (id),
            version integer not null,
            at text not null,
            role text not null,          -- who, as a role or unit: never a name
            action text not null,
            changes text not null,       -- [[field, before, after], ...] as JSON
            note text not null,
            unique (case_id, version)
        ) strict""",
        # A row here, written and taken away within one transaction, permits the erasing of a person (store.erasures).
        "create table log_permits (reason text not null) strict",
        """create trigger case_events_stay before update on case_events
            when not exists (select 1 from log_permits) begin
            select raise(abort, 'the log of cases is append only');
        end""",
        """create trigger case_events_remain before delete on case_events
            when not exists (select 1 from log_permits) begin
            select raise(abort, 'the log of cases is append only');
        end""",
        """create table case_articles (
            case_id integer not null references cases (id),
            article integer not null references articles (id) on delete cascade,
            open integer not null,
            primary key (case_id, article)
        ) strict, without rowid""",
        # The database itself sees to it that no article stands in two open cases.
        "create unique index case_articles_once on case_articles (article) where open = 1",
        "create index case_articles_by_article on case_articles (article)",
        """create table case_texts (
            case_id integer not null references cases (id),
            article integer not null,    -- its row; the article itself may be gone
            url text not null,
            source text not null,
            title text not null,
            text text not null,
            published text,
            seen text not null,
            kept text not null,
            primary key (case_id, article)
        ) strict, without rowid""",
    )
