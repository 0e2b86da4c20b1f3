"""The whole installation over a real city, as `make run` starts it."""
