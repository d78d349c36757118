"""m018: sources that nobody has listed yet."""
