"""Coverage-guided fuzzing of the readers of OFDs, PDFs, XML and DER.

`pip install atheris`, then `python -m tests.fuzz.verifying -max_total_time=120`. Seeds are the
files of `tests/certs/data/vectors`. Anything but a verdict is a crash, and so is a change of what
a seal protects that is not seen.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["certs.verifying", "connectors", "asn1crypto", "pyhanko"]):
    from certs.seals.trust import Trust
    from certs.verifying.file import verify_bytes
    from certs.verifying.ses import read_stamp
    from certs.verifying.signed_data import is_chinese
    from tests.certs.sealer import unzipped, zipped

VECTORS = Path(__file__).parents[1] / "certs" / "data" / "vectors"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOBODY = Trust((), ())
SEALED = unzipped((VECTORS / "ofd" / "ofdrw-sign__allprotected.ofd").read_bytes())
NAMES = sorted(SEALED)
VALUE = SEALED["Doc_0/Signs/Sign_0/SignedValue.dat"]


def whole(data: bytes) -> None:
    """The bytes as a file."""
    verify_bytes(data, NOBODY, NOW)


def member(data: bytes) -> None:
    """The bytes as one member of a sealed package."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    found = verify_bytes(zipped({**SEALED, name: data[1:]}), NOBODY, NOW)
    if found.untouched is not False and data[1:] != SEALED[name]:
        raise AssertionError(f"a change of {name} was not seen")


def value(data: bytes) -> None:
    """The bytes as a signature value."""
    is_chinese(data)
    try:
        read_stamp(data)
    except (ValueError, OverflowError):
        return


def one(data: bytes) -> None:
    """The first byte says as what the others are read."""
    (whole, member, value)[data[0] % 3 if data else 0](data[1:])


def seeds(folder: Path) -> None:
    """Write the vectors, each as what it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*VECTORS.glob("ofd/*.ofd"), *VECTORS.glob("pdf/*.pdf")):
        (folder / file.name).write_bytes(b"\0" + file.read_bytes())
    for number, name in enumerate(NAMES):
        (folder / f"member-{number}").write_bytes(bytes([1, number]) + SEALED[name])
    (folder / "value").write_bytes(b"\2" + VALUE)


def main(arguments: list[str]) -> None:
    """Fuzz with the arguments of libFuzzer; the corpus grows in `var/fuzz`."""
    corpus = Path("var/fuzz/verifying")
    seeds(corpus)
    fuzzer: Any = atheris
    fuzzer.Setup(
        [arguments[0], "-max_len=120000", "-rss_limit_mb=2000", *arguments[1:], str(corpus)], one
    )
    fuzzer.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
