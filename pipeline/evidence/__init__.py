"""Evidence for an examiner: clause by clause what is set, tested and seen here, and what is not."""
