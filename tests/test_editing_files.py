"""The pages change monitor.toml and feeds.txt: the line concerned, and not one byte more."""

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.config import parse_sources
from monitor.config.edit_settings import TOP, add_table, remove_table, remove_value, set_value
from monitor.config.edit_sources import add_source, change_source, remove_source
from monitor.config.saving import Changed, FileText, read_file, save_file
from monitor.config.sources import known_kinds
from monitor.errors import ConfigError
from monitor.models import Refused

FEEDS = """# Våra källor
[Södermanland]
https://a.example/rss name="Djulöposten" class=local-paper  # ring redaktionen först
#https://b.example/rss name="Avstängd"

sitemap https://c.example/map.xml   match=/nyheter/
"""
SETTINGS = """# Hemmet
municipality = "Katrineholm"   # utan kommun
names = [
  "Duveholmsskolan",   # gymnasiet
  "KFV",
]

[matching]
exclude = ["fotboll"]  # sport
# mer om träffar

[mail]
host = "smtp.kommun.example"
sender = "letter@kommun.example"

[[recipients]]
address = "a@kommun.example"
# läser på mobilen
letter = "short"

# skolan
[[recipients]]
address = "b@kommun.example"

[digest]
at = "06.30"
"""


def sources_of(text: str) -> dict[str, object]:
    return {source.url: source for source in parse_sources(text, known_kinds(), "feeds.txt")[0]}


def text_of(edited: str | Refused) -> str:
    assert isinstance(edited, str), edited
    return edited


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines of `before` that are gone, and those of `after` that are new."""
    old, new = before.split("\n"), after.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_an_option_changes_in_its_place_and_the_comment_stays() -> None:
    edited = text_of(change_source(FEEDS, "https://a.example/rss", {"class": "radio", "paused": "yes"}))
    gone, new = changed_lines(FEEDS, edited)
    assert len(gone) == 1
    assert new == [
        'https://a.example/rss name="Djulöposten" class=radio paused=yes  # ring redaktionen först',
    ]
    assert text_of(change_source(edited, "https://a.example/rss", {"class": "local-paper", "paused": ""})) == FEEDS


def test_a_source_is_added_at_the_end_and_taken_out_again() -> None:
    added = text_of(add_source(FEEDS, "https://d.example/feed", {"name": 'Ny "tidning" #1', "class": "radio"}))
    assert added == FEEDS + "https://d.example/feed name=\"Ny 'tidning' '1\" class=radio\n"
    assert text_of(remove_source(added, "https://d.example/feed")) == FEEDS


def test_windows_lines_and_a_last_line_without_end_are_kept() -> None:
    text = FEEDS.replace("\n", "\r\n").removesuffix("\r\n")
    added = text_of(add_source(text, "https://d.example/feed", {"class": "radio"}))
    assert added == text + "\r\nhttps://d.example/feed class=radio\r\n"
    paused = text_of(change_source(text, "https://c.example/map.xml", {"paused": "yes"}))
    assert paused == text.replace("match=/nyheter/", "match=/nyheter/ paused=yes")


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        (add_source(FEEDS, "https://a.example/rss", {}), "already, on line 3"),
        (add_source(FEEDS, "https://d.example/feed", {"class": "nonsense"}), "does not read as a source"),
        (add_source(FEEDS, "no address", {}), "does not read as a source"),
        (change_source(FEEDS, "https://x.example/", {"name": "x"}), "does not stand"),
        (change_source(FEEDS, "https://a.example/rss", {"class": "nonsense"}), "line 3"),
        (remove_source(FEEDS, "https://x.example/"), "does not stand"),
        (remove_source(FEEDS + "https://a.example/rss\n", "https://a.example/rss"), "several lines"),
    ],
)
def test_what_does_not_read_back_as_wanted_is_refused(edited: str | Refused, said: str) -> None:
    assert isinstance(edited, Refused)
    assert said in edited.reason


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
LINES = st.lists(
    st.one_of(
        st.just(""),
        st.just("   "),
        NAMES.map(lambda text: f"# {text}"),
        st.just("[Grupp]"),
        st.just("skräp utan adress"),
        st.tuples(
            st.integers(0, 5), st.sampled_from(["", "name=Bladet", 'name="Öppna bladet"  class=radio', "# nej"])
        ).map(lambda line: f"  https://host{line[0]}.example/rss {line[1]}"),
    ),
    max_size=8,
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), NAMES, st.sampled_from(["", "radio", "own"]))
def test_in_any_feeds_file_only_the_line_concerned_changes(lines: list[str], end: str, name: str, kind: str) -> None:
    text = end.join(lines)
    url = "https://host0.example/rss"
    edited = change_source(text, url, {"name": name, "class": kind, "important": "yes"})
    if url not in sources_of(text) or isinstance(edited, Refused):
        assert isinstance(edited, Refused)
    else:
        at = next(number for number, line in enumerate(text.split("\n")) if url in line.split("#")[0])
        assert [line for number, line in enumerate(edited.split("\n")) if number != at] == [
            line for number, line in enumerate(text.split("\n")) if number != at
        ]
        assert sources_of(edited)[url].important  # type: ignore[attr-defined]
    added = text_of(add_source(text, "https://new.example/", {"name": name}))
    assert added.startswith(text)
    assert text_of(remove_source(added, "https://new.example/")).rstrip() == text.rstrip()


# --- monitor.toml --------------------------------------------------------------------------------------


def test_items_of_a_list_come_and_go_and_the_others_keep_their_line_and_comment() -> None:
    edited = text_of(set_value(SETTINGS, TOP, "names", ("Duveholmsskolan", "Backavallen")))
    assert changed_lines(SETTINGS, edited) == (['  "KFV",'], ['  "Backavallen",'])
    edited = text_of(set_value(SETTINGS, ("matching", None), "exclude", ("handboll",)))
    assert changed_lines(SETTINGS, edited) == (
        ['exclude = ["fotboll"]  # sport'],
        ['exclude = ["handboll"]  # sport'],
    )
    assert text_of(set_value(SETTINGS, TOP, "names", ("KFV", "Duveholmsskolan"))) == SETTINGS


def test_a_new_key_stands_at_the_end_of_its_table_or_in_a_new_one() -> None:
    edited = text_of(set_value(SETTINGS, ("matching", None), "require", ("kommun",)))
    assert '# sport\nrequire = ["kommun"]\n# mer om' in edited
    edited = text_of(set_value(SETTINGS, ("triage", None), "mute", ("sport",)))
    assert edited == SETTINGS + '\n[triage]\nmute = ["sport"]\n'
    assert text_of(set_value('[mail]\nhost = ""\n', TOP, "names", ())) == 'names = []\n[mail]\nhost = ""\n'
    assert text_of(set_value("", ("a", None), "b", True)) == "[a]\nb = true\n"


def test_recipients_come_change_and_go() -> None:
    added = text_of(add_table(SETTINGS, "recipients", {"address": "c@kommun.example", "weekdays": ("mon",)}))
    assert added == SETTINGS + '\n[[recipients]]\naddress = "c@kommun.example"\nweekdays = ["mon"]\n'
    assert text_of(remove_table(added, "recipients", 2)).rstrip() == SETTINGS.rstrip()
    changed = text_of(set_value(SETTINGS, ("recipients", 1), "name", 'Skola "och" hem'))
    assert 'address = "b@kommun.example"\nname = "Skola \\"och\\" hem"\n' in changed
    assert text_of(remove_value(changed, ("recipients", 1), "name")) == SETTINGS
    removed = text_of(remove_table(SETTINGS, "recipients", 0))
    assert "# skolan\n[[recipients]]" in removed
    assert tomllib.loads(removed)["recipients"] == [{"address": "b@kommun.example"}]
    assert "recipients" not in tomllib.loads(text_of(remove_table(removed, "recipients", 0)))


@pytest.mark.parametrize(
    "text",
    [
        "matching = { exclude = [] }\n",
        'matching.exclude = ["a"]\n',
        "[matching]\nexclude = [1, 2]\n",
        "[matching]\nexclude = ['a\n",
        "matching = 3\n",
    ],
)
def test_settings_that_are_written_in_another_way_are_left_to_a_person(text: str) -> None:
    edited = set_value(text, ("matching", None), "exclude", ("b",))
    assert isinstance(edited, Refused)
    assert "by hand" in edited.reason
    assert isinstance(remove_table(text, "recipients", 0), Refused)


WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6), max_size=4, unique=True)
GAPS = st.sampled_from(["", "\n", "# en rad\n", "   # [[recipients]]\n", 'x = """\n[matching]\n"""\n'])


@given(WORDS, WORDS, st.tuples(GAPS, GAPS), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "tall", "tall,"]))
@example(["a"], [], ("", ""), "\n", "tall")
def test_in_any_settings_only_what_is_concerned_changes(
    old: list[str], new: list[str], around: tuple[str, str], end: str, shape: str
) -> None:
    before, after = around
    written = [tomllib_string(word) for word in old]
    comma = "," if shape == "tall," and old else ""
    array = (
        "[\n" + ",\n".join(f"  {word}" for word in written) + f"{comma}  # sist\n]"
        if shape
        else f"[{', '.join(written)}{comma}]"
    )
    head, tail = f"{before}[matching]\n", f" # efter\n{after}".replace("x =", "y =")
    text = f"{head}exclude = {array}{tail}".replace("\n", end)
    edited = text_of(set_value(text, ("matching", None), "exclude", tuple(new)))
    assert edited.startswith(head.replace("\n", end) + "exclude = ")
    assert edited.endswith(tail.replace("\n", end))
    assert sorted(tomllib.loads(edited.replace("\r\n", "\n"))["matching"]["exclude"]) == sorted(new)


def tomllib_string(word: str) -> str:
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in word) + '"'


# --- saving --------------------------------------------------------------------------------------------


def add(text: str) -> str:
    return text + "å\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_stays_in_the_encoding_that_notepad_gave_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "feeds.txt"
    path.write_bytes("# Våra källor\r\n".encode(encoding))
    path.chmod(0o640)
    saved = save_file(path, read_file(path).fingerprint, add)
    assert isinstance(saved, FileText)
    assert path.read_bytes() == "# Våra källor\r\nå\n".encode(encoding)
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.txt"]


def test_a_file_that_was_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "feeds.txt"
    path.write_text("# ett\n", encoding="utf-8")
    fingerprint = read_file(path).fingerprint
    path.write_text("# två\n", encoding="utf-8")
    saved = save_file(path, fingerprint, add)
    assert isinstance(saved, Changed)
    assert saved.now.text == "# två\n"
    assert path.read_text(encoding="utf-8") == "# två\n"


def test_a_link_stays_a_link_and_a_missing_file_is_made(tmp_path: Path) -> None:
    link = tmp_path / "feeds.txt"
    link.symlink_to(tmp_path / "elsewhere.txt")
    assert isinstance(save_file(link, "", add), FileText)
    assert link.is_symlink()
    assert (tmp_path / "elsewhere.txt").read_text(encoding="utf-8") == "å\n"


def test_a_refused_edit_and_a_letter_that_has_no_place_write_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feeds.txt"
    path.write_bytes(b"# \xe5\n")
    fingerprint = read_file(path).fingerprint
    assert save_file(path, fingerprint, lambda _text: Refused("nej")) == Refused("nej")
    refused = save_file(path, fingerprint, lambda text: text + "снег")
    assert isinstance(refused, Refused)
    assert "UTF-8" in refused.reason
    assert path.read_bytes() == b"# \xe5\n"


def test_a_file_that_is_no_text_or_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feeds.txt"
    path.write_bytes(b"\x81\x8d\xff")
    with pytest.raises(ConfigError, match="no text"):
        read_file(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_file(tmp_path)
    path.write_text("ok\n", encoding="utf-8")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        save_file(path, read_file(path).fingerprint, add)
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.txt"]
    assert path.read_text(encoding="utf-8") == "ok\n"
