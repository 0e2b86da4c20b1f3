"""Seals, keys and authorities."""
