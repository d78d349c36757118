"""How long a call takes the processor, whatever else the machine and the measuring of coverage do."""

import sys
import time
from collections.abc import Callable

NOTICEABLE = 0.05
"""Seconds of CPU time in which the reactor may do nothing else (docs/decisions/0023-gate.md)."""


def cpu_of(call: Callable[[], object], times: int = 4) -> float:
    """Return the CPU seconds of the quickest of a few calls. Coverage looks away meanwhile: it slows Python down."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        spent = []
        for _ in range(times):
            began = time.process_time()
            call()
            spent.append(time.process_time() - began)
        return min(spent)
    finally:
        sys.settrace(tracer)
