"""m014: search in Swedish, facets, saved searches."""
