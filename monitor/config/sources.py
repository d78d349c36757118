"""feeds.txt: one source a line, `#` comments, `[group]` headings, `key=value` options, a kind in front where needed."""

import pkgutil
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from monitor.config.text_files import read_text
from monitor.core.places import Suggestions, find_municipality
from monitor.core.text import clean_line
from monitor.core.urls import safe_url
from monitor.files import write_whole
from monitor.models import Source, SourceClass, StorePolicy

SOURCES_FILE = "feeds.txt"
EXAMPLE_LINE = 'https://www.example.se/feed/ name="Example paper" class=local-paper'

_WORD = re.compile(r'(?P<key>[\w-]+)=(?:["”“](?P<quoted>[^"”“]*)["”“]|(?P<bare>\S*))|(?P<word>\S+)')
_COMMENT = re.compile(r"(^|\s)#.*$")
_NONE: Mapping[str, str] = {}
_YES = {"yes": True, "ja": True, "true": True, "1": True, "no": False, "nej": False, "false": False, "0": False}


def known_kinds() -> frozenset[str]:
    """The source kinds there are: the modules of `spiders`, by name and without importing them."""
    spec = find_spec("spiders")
    places = spec.submodule_search_locations if spec else None
    return frozenset(module.name for module in pkgutil.iter_modules(places))


def read_sources(path: Path) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Read feeds.txt into sources and problems: sentences with file, line, what is wrong and an example."""
    return parse_sources(read_text(path), known_kinds(), str(path))


def parse_sources(text: str, kinds: Collection[str], name: str) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Read the text of feeds.txt; `name` is what messages call the file."""
    sources: dict[str, Source] = {}
    problems: list[str] = []
    group = ""
    for number, line in _lines(text):
        if heading := re.fullmatch(r"\[(.+)\]", line):
            group = clean_line(heading[1])
            continue
        try:
            source = _parse_line(line, number, group, kinds)
            _check_new(source, sources)
            sources[source.url] = source
        except _WrongLineError as error:
            problems.append(f"{name}, line {number}: {error}. Example of a line: {EXAMPLE_LINE}")
    return tuple(sources.values()), tuple(problems)


def append_source(path: Path, url: str, name: str, *, kind: str = "feed", options: Mapping[str, str] = _NONE) -> None:
    """Add a line to feeds.txt; what stands there stays, byte for byte, whatever its encoding."""
    _append(path, [_line_of(url, name, kind, options)])


def append_groups(path: Path, groups: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """Add feeds, each address and name, under the headings they belong to; "" for those without one."""
    lines: list[str] = []
    for group, feeds in groups.items():
        heading = re.sub(r"[\[\]#]", "", clean_line(group, 80)).strip()
        lines += ["", f"[{heading or 'OPML'}]"] + [_line_of(url, name, "feed", _NONE) for url, name in feeds]
    _append(path, lines)


def _line_of(url: str, name: str, kind: str, options: Mapping[str, str]) -> str:
    quoted = re.sub(r'["”“#]', "'", clean_line(name, 80))
    said = [f'name="{quoted}"'] if quoted else []
    said += [f"{key}={value}" for key, value in options.items()]
    return " ".join([*([kind] if kind != "feed" else []), url, *said])


def _append(path: Path, lines: Sequence[str]) -> None:
    if not lines:
        return
    raw = path.read_bytes() if path.exists() else b""
    encoding = "utf-16-le" if raw.startswith(b"\xff\xfe") else "utf-16-be" if raw.startswith(b"\xfe\xff") else "utf-8"
    text = read_text(path) if raw else ""
    gap = "" if not text or text.endswith("\n") else "\n"
    added = "".join(f"{line}\n" for line in lines)
    write_whole(path.resolve(), raw + (gap + added).encode(encoding))  # a link stays a link


class _WrongLineError(Exception):
    """What is wrong with one line of feeds.txt."""


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        stripped = _COMMENT.sub("", line.replace("\ufeff", "")).strip()
        if stripped:
            yield number, stripped


def _parse_line(line: str, number: int, group: str, kinds: Collection[str]) -> Source:
    words, options = split_line(line)
    kind = words.pop(0) if _names_kind(words, kinds) else "feed"
    if kind not in kinds:
        raise _WrongLineError(f'"{clean_line(kind, 60)}" is no kind of source (there are: {", ".join(sorted(kinds))})')
    if not words:
        raise _WrongLineError("there is no address on the line")
    if len(words) > 1:
        raise _WrongLineError(
            f'"{clean_line(words[1], 60)}" after the address is not understood: options are written name="..."'
        )
    return Source(
        url=(url := _ADDRESSES.get(kind, _web_address)(words[0])),
        kind=kind,
        group=group,
        line=number,
        name=clean_line(options.pop("name", ""), 80) or _name_of(url),
        source_class=_read_class(options.pop("class", _CLASSES.get(kind, SourceClass.OTHER))),
        important=_read_yes("important", options),
        paused=_read_yes("paused", options),
        language=options.pop("language", ""),
        area=_read_area(options.pop("area", "")),
        reach=_read_reach(options.pop("reach", "0")),
        store=_read_store(options.pop("store", default_store(kind))),
        keep_days=_read_days(options.pop("keep_days", _KEEP_DAYS.get(kind, "0"))),
        options=options,
    )


def _web_address(word: str) -> str:
    url = safe_url(word)
    if not url:
        raise _WrongLineError(f'"{clean_line(word, 80)}" is no web address (it must begin with http:// or https://)')
    return url


def _folder_address(word: str) -> str:
    """A folder inside the home: whoever may write feeds.txt on the web page is not to move files elsewhere."""
    parts = PurePosixPath(word).parts
    if word.startswith(("/", "~")) or "\\" in word or ":" in word or ".." in parts or not parts:
        raise _WrongLineError(f'"{clean_line(word, 80)}" is no folder of this home (write it as ./inkorg, without ..)')
    return clean_line(word, 200)


def _mailbox_address(word: str) -> str:
    """A mailbox; without TLS (imap://) it is read only from hosts in allow_hosts, which the crawl sees to."""
    try:
        parts = urlsplit(word)
        scheme = parts.scheme if parts.port != 0 else ""
    except ValueError:
        parts, scheme = urlsplit(""), ""
    if parts.password is not None:
        raise _WrongLineError("a password does not belong into feeds.txt: write password=file:PATH or =env:NAME")
    if scheme not in {"imaps", "imap"} or not parts.hostname or not parts.username:
        raise _WrongLineError(
            f'"{clean_line(word, 80)}" is no mailbox (write it as imaps://account@mail.example.se/INBOX)'
        )
    return clean_line(word, 200)


LOCAL_KINDS = frozenset({"folder"})
"""Kinds that ask nobody: they are read in every run."""
_CLASSES = {
    "noticeboard": SourceClass.OWN,
    "mastodon": SourceClass.SOCIAL,
    "bluesky": SourceClass.SOCIAL,
    "x": SourceClass.SOCIAL,
    "threads": SourceClass.SOCIAL,
    "instagram": SourceClass.SOCIAL,
    "youtube": SourceClass.SOCIAL,
    "reddit": SourceClass.FORUM,
}
"""The class of a kind whose line names none."""
_KEEP_DAYS = dict.fromkeys(("mastodon", "bluesky", "x", "threads", "instagram", "youtube", "reddit"), "30")
"""Days for which a kind's texts are kept whose line says nothing: what people have deleted there is to go."""
_ADDRESSES = {"folder": _folder_address, "inbox": _mailbox_address}
"""How the address of a kind reads that is not on the web."""


def _names_kind(words: Sequence[str], kinds: Collection[str]) -> bool:
    """Whether a line begins with a kind (known or not) rather than with the address."""
    return bool(words) and "://" not in words[0] and (len(words) > 1 or words[0] in kinds)


def _check_new(source: Source, sources: Mapping[str, Source]) -> None:
    if earlier := sources.get(source.url):
        raise _WrongLineError(f"the address already stands on line {earlier.line}; this line is not used")


def split_line(line: str) -> tuple[list[str], dict[str, str]]:
    """Split a line in bare words and key=value options; an address with "=" in its query is a word."""
    words: list[str] = []
    options: dict[str, str] = {}
    for match in _WORD.finditer(line):
        if match["word"] is not None:
            words.append(match["word"])
        elif match["key"] in options:
            raise _WrongLineError(f'"{match["key"]}" is given twice')
        else:
            options[match["key"]] = match["quoted"] if match["quoted"] is not None else match["bare"]
    return words, options


def _name_of(url: str) -> str:
    parts = urlsplit(url)
    return (parts.netloc.rpartition("@")[2] or url).removeprefix("www.")


def _read_class(word: str) -> SourceClass:
    try:
        return SourceClass(word)
    except ValueError:
        known = ", ".join(SourceClass)
        raise _WrongLineError(f'class="{clean_line(word, 40)}" is not one of {known}') from None


def _read_area(word: str) -> str:
    found = find_municipality(word) if word else None
    if isinstance(found, Suggestions):
        raise _WrongLineError(f'area="{clean_line(word, 40)}" is none of Sweden\'s municipalities')
    return found.code if found else ""


def _read_reach(word: str) -> int:
    if word not in {"0", "1", "2", "3"}:
        raise _WrongLineError(f'reach="{clean_line(word, 40)}" must be 1 (small), 2 (medium) or 3 (large)')
    return int(word)


def default_store(kind: str) -> str:
    """Return what may be kept of a kind's texts when its line says nothing. The radio's terms allow links only."""
    return StorePolicy.LINK if kind == "sverigesradio" else StorePolicy.TEXT


def _read_store(word: str) -> StorePolicy:
    try:
        return StorePolicy(word)
    except ValueError:
        raise _WrongLineError(f'store="{clean_line(word, 40)}" is not one of {", ".join(StorePolicy)}') from None


def _read_days(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 6):
        raise _WrongLineError(f'keep_days="{clean_line(word, 40)}" must be a number of days, such as 30')
    return int(word)


def _read_yes(key: str, options: dict[str, str]) -> bool:
    word = options.pop(key, "no")
    if word.lower() not in _YES:
        raise _WrongLineError(f'{key}="{clean_line(word, 40)}" must be yes or no')
    return _YES[word.lower()]
