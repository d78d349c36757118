"""Make what a release holds, in dist/: wheel, source, bill of materials, and SHA-256 of each."""

import hashlib
import shutil
import subprocess
import sys

import sbom

DIST = sbom.ROOT / "dist"


def main() -> None:
    """Build into an empty folder; what is there afterwards is the release."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(DIST), str(sbom.ROOT)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(made.stdout + made.stderr)
    (wheel,) = DIST.glob("*.whl")
    bill = DIST / f"{'-'.join(wheel.name.split('-')[:2])}.cdx.json"
    print(f"{bill.name}: {sbom.write(bill)} packages")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(DIST.iterdir())]
    (DIST / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="ascii")
    print("\n".join(sums))


if __name__ == "__main__":
    main()
