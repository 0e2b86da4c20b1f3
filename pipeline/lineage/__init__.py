"""OpenLineage events: what a run read, what it wrote, which column came from which."""
