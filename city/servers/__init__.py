"""The 47 systems of the city, served over their own protocols on loopback."""
