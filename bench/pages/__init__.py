"""How fast the pages are while 20 clerks work, and over a million rows."""
