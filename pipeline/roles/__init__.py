"""Least privilege: which database role may do what, and the roles themselves."""
