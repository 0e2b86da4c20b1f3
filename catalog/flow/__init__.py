"""Steps, time limits, fees and results of an item, and what a county does otherwise."""
