"""Which municipalities a text names, how sure that is, why, and whether the text is about them.

    matcher = build_matcher(Watch(codes=("0483",)))
    matcher.find(title, text)          # -> (FoundPlace(code="0483", about=True, ...),)

The way of a text: `scan` finds names, `verdicts` and `evidence` read each naming, `decide` weighs them
together, `about` tells what the text concerns. docs/matching.md tells the whole.
"""

from monitor.core.matching.corrections import Correction, Judgement, RuleRecord, propose_mute, record_rules
from monitor.core.matching.matcher import Matcher, build_matcher
from monitor.core.matching.searchwords import check_search_word
from monitor.core.matching.watch import Watch

__all__ = [
    "Correction",
    "Judgement",
    "Matcher",
    "RuleRecord",
    "Watch",
    "build_matcher",
    "check_search_word",
    "propose_mute",
    "record_rules",
]
