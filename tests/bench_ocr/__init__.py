"""How well scanned change tables are read: `make bench-ocr` writes its table into `docs/ocr.md`."""
