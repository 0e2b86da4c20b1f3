"""The bureau's sums: what plans said, counted only where a case was accepted."""
