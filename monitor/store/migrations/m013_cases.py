"""m013: cases, their log, and the register."""
