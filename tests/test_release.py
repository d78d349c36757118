"""What is installed is locked by hash, and what is released says what it is made of."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-pip.txt"]


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / ".ci" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_locked_by_version_and_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[\w.-]+(?:\[[\w,.-]+\])?==\S+ ", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line


def test_whatever_installs_demands_the_hashes() -> None:
    for file in ("Makefile", ".ci/wheel.py"):
        text = (ROOT / file).read_text(encoding="utf-8")
        for line in re.findall(r".*requirements(?:-dev|-pip)?\.txt\b.*", text):
            if "install" in line or "-r" in line.split():
                assert "--require-hashes" in line, line


def test_the_lock_that_runs_is_read_whole(sbom: ModuleType) -> None:
    found = sbom.pins((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert len(found) >= 60
    assert set(found) >= {"scrapy", "feedparser", "trafilatura", "jinja2", "lxml-html-clean", "sqlite-utils"}
    assert sbom.pins("A_b.c[x]==1.0 ; python_version < '3'  \\\n    --hash=sha256:0\n# via\n") == {"a-b-c": "1.0"}


def test_a_bill_that_lacks_a_package_its_version_or_its_hash_is_told(sbom: ModuleType) -> None:
    def part(name: str, version: str, *hashes: str) -> dict[str, object]:
        return {"name": name, "version": version, "externalReferences": [{"hashes": list(hashes)}]}

    lock = "a==1\n    --hash=sha256:0\nb_c==2\n    --hash=sha256:0\nd==3\n    --hash=sha256:0\n"
    assert sbom.missing({"components": [part("a", "1", "x"), part("b.c", "2", "x"), part("d", "3", "x")]}, lock) == []
    assert sbom.missing({"components": [part("a", "2", "x"), part("d", "3")]}, lock) == ["a 1", "b-c 2", "d 3"]
    assert sbom.missing({}, lock) == ["a 1", "b-c 2", "d 3"]
