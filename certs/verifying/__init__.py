"""Verdicts on files, ours or not."""
