"""m012: who may log in, and who is logged in."""

from sqlite_utils import Database

from monitor.store.migrations.registry import migrations, run


@migrations()
def m012_accounts(db: Database) -> None:
    """Local accounts, sessions, logins under way, waits after wrong passwords, and each person's own settings."""
    run(
        db,
        """create table accounts (
            name text primary key,       -- in small letters: a unit or a role rather than a person
            role text not null,
            unit text not null default '',
            hash text not null,          -- argon2id
            made text not null,
            disabled text
        ) strict""",
        """create table sessions (
            token text primary key,      -- SHA-256 of what the cookie holds
            account text references accounts (name) on delete cascade,
            role text not null,          -- of a login elsewhere; that of an account is read from its row
            unit text not null,
            name text not null,
            key text not null,
            expires text not null
        ) strict""",
        "create index sessions_by_account on sessions (account)",
        """create table logins (
            state text primary key,      -- SHA-256 of what the provider sends back
            visitor text not null,       -- SHA-256 of the cookie of the browser that began
            nonce text not null,
            verifier text not null,      -- of PKCE (RFC 7636)
            target text not null,
            expires text not null
        ) strict""",
        """create table login_waits (
            key text primary key,        -- SHA-256 of an account's name or of an address
            failures integer not null,
            until text not null,
            tried text not null
        ) strict""",
        """create table preferences (
            key text primary key,        -- models.Person.key
            keys integer not null,
            language text not null,
            unit text not null
        ) strict""",
    )
