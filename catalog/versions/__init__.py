"""What was published, numbered; it never changes."""
