"""What a person types into a search box, as a full-text query that cannot be wrong."""

import re


def read_query(text: str) -> str:
    """Return the SQLite FTS5 query for words, "a phrase" and beginn*; "" when `text` holds no word.

    Every word is quoted, so that nothing a person types is read as an operator.
    """
    parts = []
    for phrase, word in re.findall(r'"([^"]*)"|(\S+)', text):
        words = re.findall(r"\w+", phrase or word)
        if words:
            star = "*" if word.rstrip('"').endswith("*") else ""
            parts.append(f'"{" ".join(words)}"{star}')
    return " ".join(parts)
