"""Items: a name taken apart and matched to the base catalogue."""
