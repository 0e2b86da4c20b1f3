"""Judgements: a rule's or a person's, kept, undone."""
