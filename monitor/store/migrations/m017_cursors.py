"""m017: what a source kind remembers between polls, and what its calls have cost."""
