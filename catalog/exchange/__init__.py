"""Giving the catalogue away, and taking back what others say is wrong with a row."""
