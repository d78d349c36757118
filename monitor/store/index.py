"""The index of words: written anew when the same text gives other tokens than before."""

from sqlite_utils import Database

from monitor.core.search import INDEX_VERSION


def index_words(db: Database) -> None:
    """Write the whole index of words anew. The caller holds the transaction."""
    db.execute("insert into archive_words (archive_words) values ('delete-all')")
    for doc, article in db.execute("select doc, article from archive order by doc").fetchall():
        db.execute(
            """insert into archive_words (rowid, words)
               select ?, search_words(title, lead, text) from articles where id = ?""",
            [doc, article],
        )
    db.execute("insert or replace into archive_state values ('index', ?)", [INDEX_VERSION])


def is_current(db: Database) -> bool:
    """Whether the index holds what this version of the program would write: else a word may not be taken out."""
    row = db.execute("select value from archive_state where name = 'index'").fetchone()
    return row is not None and row[0] == INDEX_VERSION
