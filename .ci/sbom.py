"""The bill of materials of a release (CycloneDX 1.6, JSON), made from the lock: python .ci/sbom.py FILE

Ends with what is missing when a locked package does not stand in it with its version and a hash.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Return the packages of a lock, their names as PyPI writes them, each with its version."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in _PIN.findall(lock)}


def missing(bom: dict[str, Any], lock: str) -> list[str]:
    """Return the locked packages that the bill does not list with their version and a hash."""
    listed = {
        (re.sub(r"[-_.]+", "-", part["name"]).lower(), part.get("version"))
        for part in bom.get("components", [])
        if any(reference.get("hashes") for reference in part.get("externalReferences", []))
    }
    return [f"{name} {version}" for name, version in pins(lock).items() if (name, version) not in listed]


def write(file: Path) -> int:
    """Write the bill to `file`; return how many packages it lists."""
    command = [
        sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", str(LOCK),
        "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON", "-o", str(file),
    ]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"the bill of materials could not be made\n{made.stderr}")
    bom = json.loads(file.read_text(encoding="utf-8"))
    if lacking := missing(bom, LOCK.read_text(encoding="utf-8")):
        sys.exit(f"{file.name} lacks: {', '.join(lacking)}")
    for part in bom["components"]:
        part.pop("description", None)  # the line of the lock once more, with all its hashes
    file.write_text(json.dumps(bom, indent=1) + "\n", encoding="utf-8")
    return len(bom["components"])


if __name__ == "__main__":
    target = Path(sys.argv[1])
    print(f"{target}: {write(target)} packages")
