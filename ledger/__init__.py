"""The append-only sealed log of every issue, change, look and refusal."""
