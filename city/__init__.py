"""A sandbox city that serves the 47 systems over their real protocols."""
