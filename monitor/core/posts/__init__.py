"""How posts of platforms are read: one module each, bytes in, entries out, nothing raised.

Of who wrote a post nothing is kept but what stands in its address: no name, no picture, no profile, no figures.
"""
