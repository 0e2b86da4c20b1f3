"""Complaints of papers asked for again: taken in, tied to the catalogue, answered."""
