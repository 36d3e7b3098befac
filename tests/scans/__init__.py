"""Pages that are pictures, made from known text: `python -m tests.scans.make`."""
