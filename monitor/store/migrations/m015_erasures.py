"""m015: what was erased for a person, addresses that are not taken again, and changes of the home's files."""

import secrets

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m015_erasures(db: Database) -> None:
    """Erasures without name or content, keyed digests of addresses that stay away, and who changed which file."""
    run(
        db,
        """create table erasures (
            id integer primary key,
            at text not null,
            role text not null,          -- who, as a role: never a name
            decision text not null,      -- number of the decision in the municipality's own register
            way text not null,           -- "delete" or "hide"
            places text not null         -- table -> rows, as JSON
        ) strict""",
        # An address is recognised and cannot be read: HMAC-SHA-256 with the home's own key.
        "create table erased_addresses (digest text primary key) strict, without rowid",
        "create table erasure_key (key text not null) strict",
        """create table file_changes (
            id integer primary key,
            at text not null,
            role text not null,
            file text not null,
            what text not null,
            before text not null,
            after text not null
        ) strict""",
    )
    db.execute("insert into erasure_key values (?)", [secrets.token_hex(32)])
