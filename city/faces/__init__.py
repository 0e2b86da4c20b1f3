"""What people of the sandbox city see on their own screens: the one-window and the city's app."""
