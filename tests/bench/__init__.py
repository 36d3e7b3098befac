"""What reading costs, beside the floor and the peers: `make bench`."""
