"""A real IMAP server (Dovecot) on loopback, unprivileged, with mailboxes of its own in a folder of its own."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.deliver.post_office import closed_port, make_certificate

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
MISSING = "Dovecot is not installed, so nothing was read from a real IMAP server: apt-get install dovecot-imapd"
USER, PASSWORD = "bevakning@kommun.example", "en-hemlighet"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
auth_failure_delay = 0
ssl_cert = <{folder}/localhost.pem
ssl_key = <{folder}/localhost.key
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


@dataclass
class Dovecot:
    """`with Dovecot() as server`: `server.put(...)` delivers, `server.flags(...)` looks. Needs `PROGRAM`."""

    folder: Path = field(init=False)
    port: int = field(init=False)

    def __enter__(self) -> Self:
        if PROGRAM is None:
            (pytest.fail if os.environ.get("MONITOR_NEEDS_DOVECOT") else pytest.skip)(MISSING)
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # not pytest's own: another user must reach it
        self.port = closed_port()
        root = os.geteuid() == 0
        user = "nobody" if root else pwd.getpwuid(os.geteuid()).pw_name
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        make_certificate(self.folder)
        (self.folder / "dovecot.conf").write_text(
            CONFIG.format(folder=self.folder, port=self.port, user=user, group=group, password=PASSWORD)
        )
        for path in (self.folder, *self.folder.iterdir()):
            if root:
                shutil.chown(path, user, group)
        self._process = subprocess.Popen(
            [PROGRAM, "-F", "-c", self.folder / "dovecot.conf"],
            user=user if root else None,
            group=group if root else None,
            extra_groups=[] if root else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self.folder)

    def _wait(self) -> None:
        for _ in range(200):
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        log = self.folder / "log"
        pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else 'no word why'}")

    # --- what a person does with a mail program ------------------------------------------------------------

    def _connect(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=self.folder / "localhost.pem")
        context.check_hostname = False
        line = imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=context)
        line.login(USER, PASSWORD)
        return line

    def put(self, *mails: bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Deliver mails into a folder, which is made when it is missing."""
        with self._connect() as line:
            line.create(folder)
            for mail in mails:
                assert line.append(folder, flags, "", mail)[0] == "OK"

    def make(self, *folders: str) -> None:
        with self._connect() as line:
            for folder in folders:
                line.create(folder)

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of each mail in a folder, in order, without \\Recent."""
        with self._connect() as line:
            line.select(folder, readonly=True)
            _, found = line.fetch("1:*", "(FLAGS)")
            texts = [part.decode() for part in found if isinstance(part, bytes)]
        return [" ".join(word for word in text.split("FLAGS (")[1].split(")")[0].split() if word != "\\Recent")
                for text in texts if "FLAGS (" in text]  # fmt: skip
