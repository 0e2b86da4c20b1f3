"""What the bureau asks of the catalogue: each question a function that gives a table."""
