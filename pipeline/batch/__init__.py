"""Many filings: skip what is known, read the rest behind guards, publish; one bad file is one row."""
