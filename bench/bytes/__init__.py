"""Backup and restore of a whole city, timed."""
