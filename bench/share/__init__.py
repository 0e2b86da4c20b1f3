"""Sharing: the waiver plan, the data of a case, annotated copies."""
