"""A media monitor for municipalities.

An item travels one way: source -> poll -> entry -> page -> article -> mention -> story -> digest.
Spiders fetch, the core decides, the store remembers, reports show.
"""

__version__ = "0.1.0"
