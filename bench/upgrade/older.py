"""Run by the bench with an older version's code: its installation, one round, its portal.

`python older.py HOME PEOPLE` says the portal's address when clerks can work; ends with its input.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.share.city import worked
from cli.installation import installation


def main(home: Path, people: int) -> None:
    """Serve until the one who started this says a line, or is gone."""
    with installation(home, people) as (house, systems):
        worked(house, systems)
        print(house.settings.portal_url, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
