"""m012: who may log in, and who is logged in."""
