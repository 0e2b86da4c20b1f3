"""Items and materials: parse, match, judge, version."""
