"""m015: what was erased of a person: the rule and how many, never the content."""
