"""Invented filings with their truth: what each says, row by row, as its maker wrote it."""
