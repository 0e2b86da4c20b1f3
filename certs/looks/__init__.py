"""The one place that opens a published licence."""
