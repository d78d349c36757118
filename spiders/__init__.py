"""Source kinds, one module each, named like the kind.

`monitor` names this package in its settings and never imports it.
"""
