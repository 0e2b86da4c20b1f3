"""What can go wrong when one asks the city."""


class CityError(Exception):
    """The city cannot do that; one sentence says why, without personal data."""
