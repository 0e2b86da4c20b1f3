"""Backup and restore over real servers."""
