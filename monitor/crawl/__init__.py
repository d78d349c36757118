"""The only Scrapy outside `spiders`: one crawl per run does all HTTP, politely, through the address guard."""

import threading
from importlib import import_module

# Scrapy's module of TLS settings declares its old names with `inspect.stack()`, which reads the source of every caller:
# half a second of CPU when it is imported from deep within a program. A thread begins with an empty stack.
_first = threading.Thread(target=import_module, args=("scrapy.core.downloader.contextfactory",))
_first.start()
_first.join()
