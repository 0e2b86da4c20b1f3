"""What the city holds: people, firms, items, materials, licences, cases, and what happens."""

from city.world.errors import CityError
from city.world.world import World

__all__ = ["CityError", "World"]
