"""RAW -> Documents: what is there, and what its folders and the manifest tell of it. Nothing is read."""
