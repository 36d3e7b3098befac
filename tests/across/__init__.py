"""Many bodies over years, with known truth."""
