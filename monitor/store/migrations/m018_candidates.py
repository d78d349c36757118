"""m018: sources that nobody has listed yet."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m018_candidates(db: Database) -> None:
    """Sites that pages about the town lead to, who leads there, what a trial found, and what trials have cost."""
    run(
        db,
        """create table candidates (
            site text primary key,       -- core.sites.site_of
            url text not null,           -- its front page
            state text not null,
            hops integer not null,       -- steps from a page that names the town
            named integer not null default 0, -- a page of its own that names the town was read
            first_seen text not null,
            last_seen text not null,
            tried text,
            due text,                    -- when it may be tried again
            trial text,                  -- models.Trial as JSON
            score real not null default 0,
            words text not null default '',
            decided text,
            role text not null default ''  -- who decided, as a role or unit
        ) strict""",
        "create index candidates_by_state on candidates (state, due)",
        """create table candidate_links (
            site text not null references candidates (site) on delete cascade,
            referrer text not null,      -- a site, or the address of a source
            primary key (site, referrer)
        ) strict, without rowid""",
        """create table discoveries (
            at text primary key,
            requests integer not null,
            tried integer not null,
            proposed integer not null
        ) strict""",
    )
