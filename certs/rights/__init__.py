"""The right to look: one pure function, its facts, its refusals."""
