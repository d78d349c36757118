"""How the answers of particular services are read: one module each, bytes in, entries out, nothing raised.

Shapes, limits and terms stand in docs/sources.md.
"""
