"""A system is connected step by step on the pages: source, tables, mapping, checks, handing on."""
