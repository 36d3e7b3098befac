"""How many rows and cells of the corpus come out right, ours and the peers' (`make accuracy`)."""
