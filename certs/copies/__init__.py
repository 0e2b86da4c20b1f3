"""Annotated copies: drawn, signed, on record before they leave."""
