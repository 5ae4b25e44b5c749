"""The first page, a citizen's home, and the pages every public service must have."""
