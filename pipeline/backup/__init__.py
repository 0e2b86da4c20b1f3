"""Copies of an installation's objects, and the signed list of what a backup holds."""
