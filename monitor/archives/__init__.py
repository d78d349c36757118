"""Archives of the web (WARC): read file by file, as tasks on Dask, into Parquet. Needs the extra `[backfill]`.

    cluster: which files where -> scan: one file -> captures: its records -> results: what was found

Nothing here is imported before `monitor backfill` is used, and nothing asks the web.
"""
