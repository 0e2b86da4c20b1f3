"""`make sbom`: what an installation is made of, as a CycloneDX 1.5 list, out of the lock alone.

Each package of `requirements.lock` with its version, its address by purl, and the digests that pip
checks. No network. `python docker/sbom.py LOCK OUT`.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, Any]]:
    """Every pinned package with its digests. Raises ValueError on a line that is neither."""
    found: list[dict[str, Any]] = []
    for line in lock.splitlines():
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        pinned, digest = PINNED.match(said), DIGEST.match(said)
        if pinned:
            name, version = pinned[1].lower(), pinned[2]
            purl = f"pkg:pypi/{name}@{version}"
            about = {"type": "library", "name": name, "version": version, "purl": purl}
            found.append({**about, "bom-ref": purl, "hashes": []})
        elif digest and found:
            found[-1]["hashes"].append({"alg": "SHA-256", "content": digest[1]})
        else:
            raise ValueError(f"a line of the lock is neither a package nor a digest: {said[:60]}")
    return found


def bom(lock: str) -> dict[str, Any]:
    """The list; the same lock gives the same list."""
    digest = hashlib.sha256(lock.encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(digest[:32])}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "zhongtai"}},
        "components": components(lock),
    }


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    made = bom(source.read_text("utf-8"))
    target.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    print(f"{target}: {len(made['components'])} packages")  # noqa: T201
