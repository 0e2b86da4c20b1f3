"""Licence documents: built, identified, published, read."""
