"""A bounded soak: clerks at work while everything syncs, changes, fails and is killed."""
