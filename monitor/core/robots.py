"""What a robots.txt says to us alone: its other lines taken out before a parser spends time on them.

Protego files each rule under each crawler that its group names: 250 KB of names above 250 KB of rules are minutes. What
is left here means the same to us, and is bounded.
"""

import re

from monitor.models import Refused

MAX_LINES = 2_000
"""Lines that may speak to us; a site with more is left alone, like one whose robots.txt cannot be had."""
_COSTLY = re.compile(r"^[^\n]*?[*$\x80-\U0010ffff][^\n]*+", re.MULTILINE)
"""A rule with a pattern or a letter to be quoted: ten times a plain one's work for Protego. Counts as two lines."""
MAX_CHARACTERS = 100_000
MAX_WORK = 10_000
"""Lines times names that may be ours: Protego files each rule under each."""
MAX_IN_ALL = 20_000
"""Lines of the whole file, whomever they speak to."""
MAX_NAMES = 4_000
"""Names of crawlers in the whole file."""

_ENDS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]++")
_COMMENT = re.compile(r"#[^\n]*+")
# As generously as Protego reads them; the few odder spellings that it also takes stay lines like others.
_AGENT = re.compile(r"(?im)^[^\S\n]*+user[- ]?agent[^\S\n]*+(?::|(?<=\s))([^\n:]*+)(?=\n|\Z)")
_RULE = re.compile(r"(?im)^[^\S\n]*+(?:dis?s?all?[oa]w|diasllow|allow)[^\S\n]*+:[^\n]*+")
_NAMED = re.compile(r"(?im)^[^\S\n]*+user")
_NOBODY = "user-agent: -"


def lines_for(text: str, agent: str) -> str | Refused:
    """Return the lines that matter to `agent`; Refused when they are too many to be followed.

    Names of others become one, and of rules that speak to others alone the first stays: it ends their group.
    """
    text = _ENDS.sub("\n", text)
    if text.count("\n") > MAX_IN_ALL:
        return _TOO_MANY
    # Before, name, lines, name, lines, ...
    before, *groups = _AGENT.split(_COMMENT.sub("", text))
    if len(groups) > 2 * MAX_NAMES:
        return _TOO_MANY
    kept = [before.strip()]
    names: set[str] = set()
    ours, ended = False, True
    for name, lines in zip(groups[::2], groups[1::2], strict=True):
        mine = _may_mean(name.strip().lower(), agent.lower())
        names |= {name.strip().lower()} if mine else set()
        ours = mine or (ours and not ended)
        rule = _RULE.search(lines)
        ended = rule is not None
        line = f"user-agent: {name.strip()}" if mine else _NOBODY
        if mine or kept[-1] != _NOBODY:
            kept.append(line)
        said = lines if ours or rule is None else lines[: rule.end()]
        if said := said.strip():
            kept.append(said)
    found = "\n".join(kept)
    lines, odd_names = found.count("\n") + len(_COSTLY.findall(found)), len(_NAMED.findall(found)) > MAX_LINES // 2
    too_many = lines > MAX_LINES or lines * len(names) > MAX_WORK or len(found) > MAX_CHARACTERS or odd_names
    return _TOO_MANY if too_many else found


def _may_mean(name: str, agent: str) -> bool:
    """Whether a name may mean us: "*", our own, its beginning; with stars in it as without."""
    return bool(name) and name.replace("*", "") in agent


_TOO_MANY = Refused(f"robots.txt says more than can be followed ({MAX_LINES:,} lines), so nothing may be fetched")
