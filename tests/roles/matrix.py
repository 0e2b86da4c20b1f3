"""The rights that a database gives, as a page shows them: `python -m tests.roles.matrix`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kernel.duties import DUTIES
from kernel.house import House
from pipeline.roles.seen import given

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
BEGIN: Final = "<!-- the matrix -->\n"


def matrix(house: House) -> str:
    """A line a table, a column a role; a small letter: some columns only."""
    found = given(house)
    lines = ["| table | " + " | ".join(DUTIES) + " |", "|---" * (len(DUTIES) + 1) + "|"]
    for table in sorted({table for _, table in found}):
        cells = [found[duty, table] for duty in DUTIES]
        lines.append(f"| `{table}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def written() -> str:
    """The matrix of docs/roles.md."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2]


def main() -> None:
    """Write the page's matrix anew, out of a database made for it."""
    from cli import postgres
    from pipeline.migrate import migrate
    from pipeline.roles.apply import make_roles
    from tests.conftest import TEMPLATE, open_test_house, stores

    with TemporaryDirectory() as folder, stores(Path(folder)) as servers:
        postgres.make_database(int(servers["pg_port"]), str(servers["pg_password"]), TEMPLATE)
        house = open_test_house(servers, Path(folder), TEMPLATE)
        migrate(house)
        make_roles(house)
        head = PAGE.read_text("utf-8").partition(BEGIN)[0]
        PAGE.write_text(head + BEGIN + matrix(house), "utf-8")
        house.close()


if __name__ == "__main__":
    main()
