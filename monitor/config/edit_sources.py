"""Change feeds.txt by hand of the pages: text in, text out. Only the line concerned changes; comments stay.

Every edit is read back as the program reads the file. What does not read back as wanted is refused, not written.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from monitor.config.saving import line_end
from monitor.config.sources import known_kinds, parse_sources, split_line
from monitor.core.text import clean_line
from monitor.models import Refused, Source

_CODE = re.compile(r"(?P<code>.*?)(?P<rest>\s*(?:(?:^|(?<=\s))#.*)?)$", re.DOTALL)
_OPTION = re.compile(r'\s*(?<!\S)(?P<key>[\w-]+)=(?:["”“][^"”“]*["”“]|\S*)')
_BARE = re.compile(r"[\w.:/-]+")


def write_source(url: str, options: Mapping[str, str], kind: str = "feed") -> str:
    """Return the line of a source; empty options are left out."""
    front = "" if kind == "feed" else f"{kind} "
    return " ".join([f"{front}{url}", *(_option(key, value) for key, value in options.items() if value)])


def add_source(text: str, url: str, options: Mapping[str, str], kind: str = "feed") -> str | Refused:
    """Return feeds.txt with a source more, at its end."""
    sources, problems = _read(text)
    if url in sources:
        return Refused(f"{url} stands in feeds.txt already, on line {sources[url].line}")
    end = line_end(text)
    gap = "" if not text or text.endswith("\n") else end
    line = write_source(url, options, kind)
    after, now_wrong = _read(edited := f"{text}{gap}{line}{end}")
    if len(now_wrong) != len(problems) or url not in after or _without(after, url) != _without(sources, url):
        return Refused(f"the line does not read as a source: {clean_line(line, 200)}")
    return edited


def change_source(text: str, url: str, options: Mapping[str, str]) -> str | Refused:
    """Return feeds.txt with these options of the source's line changed; an empty value takes an option out."""
    sources, problems = _read(text)
    if url not in sources:
        return Refused(f"{url} does not stand in feeds.txt any more")
    lines = text.split("\n")
    at = sources[url].line - 1
    wanted = {**split_line(_code(lines[at]))[1], **options}
    lines[at] = _with_options(lines[at], options)
    after, now_wrong = _read(edited := "\n".join(lines))
    kept = {key: value for key, value in wanted.items() if value}
    reads = len(now_wrong) == len(problems) and url in after and split_line(_code(lines[at]))[1] == kept
    if not reads or _without(after, url) != _without(sources, url):
        return Refused(f"line {at + 1} of feeds.txt cannot be changed here: change it by hand in the file")
    return edited


def remove_source(text: str, url: str) -> str | Refused:
    """Return feeds.txt without the source's line."""
    sources, problems = _read(text)
    if url not in sources:
        return Refused(f"{url} does not stand in feeds.txt any more")
    lines = text.split("\n")
    del lines[sources[url].line - 1]
    after, now_wrong = _read(edited := "\n".join(lines))
    if len(now_wrong) != len(problems) or after.keys() != sources.keys() - {url}:
        return Refused("the address stands on several lines of feeds.txt: remove it by hand in the file")
    return edited


def _read(text: str) -> tuple[dict[str, Source], tuple[str, ...]]:
    sources, problems = parse_sources(text, known_kinds(), "feeds.txt")
    return {source.url: source for source in sources}, problems


def _without(sources: Mapping[str, Source], url: str) -> list[Source]:
    return [replace(source, line=0) for source in sources.values() if source.url != url]


def _with_options(line: str, options: Mapping[str, str]) -> str:
    found = _CODE.fullmatch(line)
    code, rest = (found["code"], found["rest"]) if found else (line, "")
    for key, value in options.items():
        new = _option(key, value) if value else ""
        places = [match for match in _OPTION.finditer(code) if match["key"] == key]
        if places:
            start = places[0].start() if not new else places[0].start("key")
            code = code[:start] + new + code[places[0].end() :]
        elif new:
            code = f"{code} {new}"
    return code + rest


def _code(line: str) -> str:
    found = _CODE.fullmatch(line)
    return (found["code"] if found else line).strip()


def _option(key: str, value: str) -> str:
    return f"{key}={value}" if _BARE.fullmatch(value) else f'{key}="{plain(value)}"'


def plain(value: str) -> str:
    """Return a value as an option can hold it: one line, without double quotes and hashes."""
    return re.sub(r'["”“#]', "'", clean_line(value, 200))
