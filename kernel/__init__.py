"""Ids, errors, clock, settings, keys, database, object store: plain and small."""
