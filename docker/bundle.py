"""`make bundle`: one archive that installs without any network, on x86_64 and on aarch64.

It holds the wheels that `requirements.lock` pins (the fonts are in one of them), this commit's
source, a list of what is in it, checksums, and `install-bundle.sh`.
`python -m docker.bundle OUT [MACHINE …]`.
Wheels are kept in `build/wheels`; what is there and has its digest is not fetched again.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

from docker.sbom import DIGEST, bom

ROOT = Path(__file__).resolve().parent.parent
MACHINES = ("x86_64", "aarch64")
PYTHON = "3.11"
#: A wheel may ask for a C library as old as that of openEuler 20.03, no newer one.
GLIBC = (28, 27, 26, 24, 17, 12, 5)
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)\s*(?:;\s*([^\\]+))?")


class Fault(Exception):
    """What is wrong, in one sentence."""


@dataclass
class Pin:
    """One package of the lock: its lines, and the digests that it may have."""

    name: str
    version: str
    lines: list[str]
    digests: set[str]


def pins(lock: str, machine: str) -> list[Pin]:
    """What the lock pins for Linux on that machine. Raises Fault on a line unknown to it."""
    place = {
        "platform_machine": machine, "sys_platform": "linux", "platform_system": "Linux",
        "os_name": "posix", "python_version": PYTHON, "python_full_version": f"{PYTHON}.13",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    found: list[Pin] = []
    wanted = True
    for line in lock.splitlines():
        pinned, digest = PINNED.match(line), DIGEST.search(line)
        if pinned:
            name, version, marker = pinned[1], pinned[2], pinned[3]
            wanted = marker is None or Marker(marker.strip()).evaluate(place)
            if wanted:
                found.append(Pin(canonicalize_name(name), version, [], set()))
        elif not digest and line.strip():
            raise Fault(f"requirements.lock: a line is neither package nor digest: {line[:60]}")
        if wanted and line.strip():
            found[-1].lines.append(line)
            found[-1].digests |= {digest[1]} if digest else set()
    return found


def there(folder: Path, wanted: list[Pin]) -> dict[str, Path]:
    """The wheels of a folder that are as the lock says, by package."""
    by_name = {pin.name: pin for pin in wanted}
    found: dict[str, Path] = {}
    for file in sorted(folder.glob("*.whl")):
        name, version, _, _ = parse_wheel_filename(file.name)
        pin = by_name.get(name)
        if pin and str(version) == pin.version and digest_of(file) in pin.digests:
            found[name] = file
    return found


def fetch(folder: Path, wanted: list[Pin], machine: str) -> dict[str, Path]:
    """Every wheel, from the folder or by pip. Raises Fault naming the packages without one."""
    folder.mkdir(parents=True, exist_ok=True)
    have = there(folder, wanted)
    missing = [pin for pin in wanted if pin.name not in have]
    if not missing:
        return have
    with TemporaryDirectory() as place:
        lock = Path(place) / "requirements.lock"
        lock.write_text("\n".join(line for pin in missing for line in unmarked(pin)), "utf-8")
        tags = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC]
        tags += [f"{old}_{machine}" for old in ("manylinux2014", "manylinux2010", "manylinux1")]
        words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        words += ["--require-hashes", "--only-binary", ":all:", "--python-version", PYTHON]
        words += ["--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none"]
        words += [word for tag in tags for word in ("--platform", tag)]
        command = [sys.executable, "-m", "pip", *words, "--dest", str(folder), "-r", str(lock)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    have = there(folder, wanted)
    lacking = sorted(pin.name for pin in wanted if pin.name not in have)
    if lacking:
        last = (said.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise Fault(f"no wheel for {machine} of {', '.join(lacking[:5])}: {last}")
    return have


def unmarked(pin: Pin) -> list[str]:
    """The pin's lines without a condition, which pip would ask of this machine."""
    head = f"{pin.name}=={pin.version} \\"
    return [head, *pin.lines[1:]]


def digest_of(file: Path) -> str:
    """SHA-256, hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def pack(out: Path, machines: list[str], wheels: Path) -> Path:
    """The archive. Its name has the project's version and, unless for both, the machine."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    which = "" if len(machines) == len(MACHINES) else f"-{machines[0]}"
    name = f"zhongtai-{version}{which}-bundle"
    with TemporaryDirectory(dir=out) as place:
        top = Path(place) / name
        for machine in machines:
            for file in fetch(wheels / machine, pins(lock, machine), machine).values():
                kind = "any" if file.name.endswith("-any.whl") else machine
                target = top / "wheels" / kind / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        for own in ("requirements.lock", "docker/install-bundle.sh"):
            shutil.copyfile(ROOT / own, top / own.removeprefix("docker/"))
        (top / "sbom.json").write_text(json.dumps(bom(lock), indent=1) + "\n", "utf-8")
        source = ["git", "archive", "--format=tar", "-o", str(top / "source.tar"), "HEAD"]
        if subprocess.run(source, cwd=ROOT, check=False).returncode:
            raise Fault(f"{ROOT} is no git clone: the bundle holds the source of a commit")
        files = sorted(file for file in top.rglob("*") if file.is_file())
        lines = [f"{digest_of(file)}  {file.relative_to(top)}\n" for file in files]
        (top / "SHA256SUMS").write_text("".join(lines), "utf-8")
        archive = out / f"{name}.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(top, name)
    return archive


def main(arguments: list[str]) -> int:
    """Make it and say where it is and how large. Exit 2 with a sentence when it cannot."""
    out, machines = Path(arguments[0]), arguments[1:] or [*MACHINES]
    wrong = [one for one in machines if one not in MACHINES]
    if wrong:
        print(f"bundle: no machine {wrong[0]}: name {' or '.join(MACHINES)}", file=sys.stderr)  # noqa: T201
        return 2
    out.mkdir(parents=True, exist_ok=True)
    try:
        made = pack(out, machines, ROOT / "build" / "wheels")
    except Fault as fault:
        print(f"bundle: {fault}", file=sys.stderr)  # noqa: T201
        return 2
    print(f"{made}: {made.stat().st_size / 1e6:.0f} MB, sha256 {digest_of(made)}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
