"""The pages in the browser: the letters, the archive and the sources of one home. No GET writes."""
