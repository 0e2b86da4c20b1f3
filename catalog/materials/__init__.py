"""Materials: what a name asks for, and what satisfies it."""
