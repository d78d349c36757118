"""Build the wheel, install it with the locked packages into a clean environment, try it away from the checkout."""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import sbom

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, **more: object) -> str:
    """Run a command; end with its output when it fails."""
    process = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{process.stdout}{process.stderr}")
    return str(process.stdout)


def main() -> None:
    """Build, install, try."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, ROOT)
        (wheel,) = place.glob("*.whl")
        venv.create(place / "clean", with_pip=True)
        python = place / "clean" / "bin" / "python"
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt")
        run(*pip, "--no-deps", wheel)
        away = {"cwd": place, "env": {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}}
        monitor = place / "clean" / "bin" / "monitor"
        print(run(monitor, "--version", **away).strip())
        run(monitor, "init", "Katrineholm", place / "home", **away)
        run(monitor, "run", "--home", place / "home", "--date", "2026-11-24", **away)
        letter = (place / "home" / "reports" / "out" / "2026-11-24.html").read_text(encoding="utf-8")
        assert "Mediebevakning för Katrineholms kommun" in letter
        print(f"bill of materials: {sbom.write(place / 'bom.json')} packages, all that are locked")
        print(f"{wheel.name}: installs and makes a letter without the checkout and without dev packages")


if __name__ == "__main__":
    main()
