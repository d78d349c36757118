"""Every boundary at which a run may be stopped, by name: the functions of the shells that write, and who calls them.

The product knows nothing of this. A child process (`tests/nursery.py`) replaces the one function that a trial names
by one that does it harm just before or just after.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What happens at a point."""

    KILL = "kill"
    """SIGKILL to the whole process group."""
    EXCEPTION = "exception"
    FULL = "full disk"
    """From here on the database may not grow (SQLITE_FULL), and files get ENOSPC."""
    IO = "i/o error"
    """From here on the kernel refuses every byte to a file (RLIMIT_FSIZE)."""
    BUSY = "busy database"
    """From here on another connection holds the database's write lock."""
    STOP = "stop"
    """SIGSTOP to the whole process group; a second run comes meanwhile; SIGCONT."""


@dataclass(frozen=True, slots=True)
class Point:
    """A boundary: a function by the place where it is looked up, and the command that reaches it."""

    name: str
    where: str
    command: str = "run"


POINTS = (
    Point("dead runs closed", "monitor.store.runs:close_dead_runs"),
    Point("run begun", "monitor.store.runs:begin_run"),
    Point("sources registered", "monitor.store.intake:register_sources"),
    Point("site file kept", "monitor.store.health:StoredSiteFiles.keep"),
    Point("poll saved", "monitor.store.intake:save_arrival"),
    Point("health written", "monitor.store.intake:update_health"),
    Point("drop put away", "monitor.crawl.drop_folder:DropFolder.put_away"),
    Point("pages taken", "monitor.store.intake:wanted_pages"),
    Point("page kept", "monitor.store.intake:save_page"),
    Point("page without the names", "monitor.store.intake:save_no_mention"),
    Point("page unavailable", "monitor.store.intake:save_unavailable"),
    Point("pages read", "monitor.steps.read:begin_batch"),
    Point("blocks counted", "monitor.store.articles:count_blocks"),
    Point("links noted", "monitor.store.candidates:note_links"),
    Point("verdicts saved", "monitor.store.articles:save_verdicts"),
    Point("sketches saved", "monitor.store.sketches:save_sketches"),
    Point("stories saved", "monitor.store.stories:save_folds"),
    Point("sketches forgotten", "monitor.store.sketches:forget_sketches"),
    Point("topics saved", "monitor.store.archive:save_topics"),
    Point("case opened", "monitor.store.cases:open_once"),
    Point("letter rendered", "monitor.steps.publish:render_digest"),
    Point("letter saved", "monitor.store.digests:save_digest"),
    Point("cases told", "monitor.store.cases:note_sent"),
    Point("letter written", "monitor.steps.publish:write_digest"),
    Point("file half written", "monitor.files:_dress_as"),
    Point("file in place", "monitor.files:keep_names"),
    Point("list of letters written", "monitor.steps.publish:write_archive"),
    Point("run ended", "monitor.store.runs:end_run"),
    Point("parcels queued", "monitor.store.outbox:queue", "send"),
    Point("parcel claimed", "monitor.store.outbox:claim", "send"),
    Point("letter handed over", "monitor.deliver.mail:MailChannel.deliver", "send"),
    Point("parcel settled", "monitor.store.outbox:settle", "send"),
    Point("parcels forgotten", "monitor.store.outbox:forget", "send"),
    Point("alert saved", "monitor.store.outbox:save_alert", "alerts"),
    Point("alert handed over", "monitor.deliver.mail:MailChannel.deliver", "alerts"),
    Point("alert settled", "monitor.store.outbox:settle", "alerts"),
    Point("old texts purged", "monitor.store.retention:purge", "purge"),
)
PLACES = ("before", "after")
