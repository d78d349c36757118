"""Which municipalities a text names, how sure that is, why, and whether the text is about them.

matcher = build_matcher(Watch(codes=("0483",)))
matcher.find(title, text)          # -> (FoundPlace(code="0483", ...),)
"""

from monitor.core.matching.matcher import Matcher, build_matcher
from monitor.core.matching.watch import Watch

__all__ = ["Matcher", "Watch", "build_matcher"]
