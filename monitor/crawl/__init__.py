"""The only Scrapy outside `spiders`: one crawl per run does all HTTP, politely, through the address guard."""
