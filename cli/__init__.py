"""The same steps by hand, and the launcher."""
