"""m016: the health of sources, reservations, and what may be kept of each."""
