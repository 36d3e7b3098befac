"""Makes the invented filings: `python -m tests.filings.make` (see tests/filings/README.md)."""
