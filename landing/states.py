"""What becomes of a field's cell; the state of a category is the meaning itself."""

from __future__ import annotations

from typing import Final

HELD: Final = "held"
EMPTY: Final = ""
MALFORMED: Final = "malformed"
REFUSED: Final = "refused"
#: A day that lies before another one which it must not lie before.
EARLY: Final = "early"
