"""Peer: news-please fetches and reads pages with its library call, in as many processes as it likes.

    python newsplease_pages.py URLS TOWN

`NewsPlease.from_urls`, 100 at a time (it starts a thread for each), without pictures. Prints how many name the town.
"""

import re
import sys
from pathlib import Path

from newsplease import NewsPlease

if __name__ == "__main__":
    town = re.compile(rf"\b{re.escape(sys.argv[2])}s?\b")
    urls = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    named = 0
    for start in range(0, len(urls), 100):
        articles = NewsPlease.from_urls(urls[start : start + 100], request_args={"timeout": 60}, fetch_images=False)
        named += sum(bool(article and town.search(article.maintext or "")) for article in articles.values())
    print(named)
