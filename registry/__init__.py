"""What is known beforehand: contracts of systems, departments, licence types, posts."""
