"""The peers that benches compare with, each in a virtual environment of its own outside the repository.

    python = python_of("reader")            # installs it at the first call, from the package index that pip uses
    measure([python, driver("reader_poll"), ...])

They stand in $MONITOR_PEERS, or ~/.cache/town-monitor-bench. Versions are pinned here; what they need besides is what
pip chose on the day. `versions` tells what is really there, for the report.
"""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("MONITOR_PEERS") or Path.home() / ".cache" / "town-monitor-bench")
PEERS = {
    # The newest for Python 3.11. Its own copy of feedparser needs sgmllib, which feedparser itself brings no more.
    "reader": ("reader==3.26", "feedparser==6.0.14", "sgmllib3k==1.0.0"),
    "scrapy": ("scrapy==2.19.0", "feedparser==6.0.14", "trafilatura==2.3.1", "lxml_html_clean==0.4.6"),
    "news-please": ("news-please==1.6.16", "lxml_html_clean==0.4.6"),
}
PLAIN = {"PYTHONPATH": ""}
"""Environment of a peer: it sees nothing of this repository."""


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment, which is made or completed when it is not as pinned."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = FOLDER / peer
    python = home / "bin" / "python"
    stamp = home / "pinned.txt"
    pins = "\n".join(PEERS[peer])
    with (FOLDER / f"{peer}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.is_file() or stamp.read_text() != pins:
            print(f"installing {peer} into {home}", file=sys.stderr, flush=True)
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", home], check=True)
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, *PEERS[peer]], check=True, stdout=sys.stderr)
            stamp.write_text(pins)
    return python


def driver(name: str) -> Path:
    """Return the script that lets a peer do the work of a bench."""
    return Path(__file__).parent / f"{name}.py"


def versions(peer: str) -> dict[str, str]:
    """Return name -> version of what is installed for a peer."""
    listed = subprocess.run(
        [python_of(peer), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        check=True,
        capture_output=True,
    )
    return {package["name"]: package["version"] for package in json.loads(listed.stdout)}
