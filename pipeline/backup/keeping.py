"""What a backup folder lets go of: bases, log and contents that no kept moment needs.

Kept: every base that ended in the last days, and the newest one before them, so that each moment of
those days can be restored. What a restore to the oldest kept base or later cannot reach goes:
older bases, the log before it, and contents that objects had only before it. Killed anywhere and
run again, it goes on.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.backup.manifest import Base, bases
from pipeline.backup.objects import Version, alone, as_of, pass_files, versions, write_file

SEGMENT: Final = re.compile(r"[0-9A-F]{24}(\.partial)?")
USUAL: Final = 16 * 1024**2  # bytes of a file of the log, unless the server was made with others


@dataclass(frozen=True)
class Left:
    """What went: base backups, files of the log, contents; and from when on it can be restored."""

    bases: int
    segments: int
    contents: int
    since: datetime


def let_go(folder: Path, now: datetime, days: int) -> Left | None:
    """Keep what the last `days` need; None where there is no base yet, and nothing goes."""
    known = bases(folder)
    if not known:
        return None
    kept = kept_bases(known, now - timedelta(days=days))
    since = kept[0].ended
    old = [one for one in known if one not in kept]
    for one in old:
        (one.folder / "manifest.json").unlink()  # without its list it is no base any more
        shutil.rmtree(one.folder)
    for left in (folder / "bases").glob("*"):
        if not (left / "manifest.json").is_file() and not left.name.startswith(".new-"):
            shutil.rmtree(left)  # of one that was killed
    segments = _drop_log(folder / "wal", first_segment(kept[0], _size(folder / "wal")))
    return Left(len(old), segments, _drop_contents(folder, since), since)


def kept_bases(known: Sequence[Base], cut: datetime) -> list[Base]:
    """Those that ended after `cut`, and the newest one before; oldest first, never none."""
    before = [one for one in known if one.ended <= cut]
    return [*before[-1:], *(one for one in known if one.ended > cut)]


def first_segment(base: Base, size: int) -> str:
    """The name of the first file of the log that a base needs. `size`: bytes of such a file."""
    said = json.loads((base.folder / "database" / "backup_manifest").read_bytes())
    start = said["WAL-Ranges"][0]
    high, low = (int(part, 16) for part in str(start["Start-LSN"]).split("/"))
    return f"{int(start['Timeline']):08X}{high:08X}{low // size:08X}"


def _size(log: Path) -> int:
    """Of a whole file of the log; the usual size where there is none yet."""
    whole = (file.stat().st_size for file in log.glob("*") if SEGMENT.fullmatch(file.name))
    return max(whole, default=USUAL) or USUAL


def _drop_log(log: Path, first: str) -> int:
    """Remove files before `first`, whatever the timeline: a later one goes on where it branched."""
    gone = [
        file
        for file in log.glob("*")
        if SEGMENT.fullmatch(file.name) and file.name[8:24] < first[8:]
    ]
    for file in gone:
        file.unlink()
    return len(gone)


def _drop_contents(folder: Path, since: datetime) -> int:
    """Take what an object had only before `since` off the lists, then what no list names off the
    disk."""
    with alone(folder):
        needed = set(as_of(folder, since).values())
        for file in pass_files(folder):
            *lines, end = file.read_text("utf-8").splitlines()
            found = [Version(**json.loads(line)) for line in lines]
            stay = [one for one in found if one in needed or one.modified > since.timestamp()]
            if len(stay) < len(found):
                text = "\n".join([*(json.dumps(asdict(one)) for one in stay), end]) + "\n"
                write_file(file, text.encode())
        named = {one.sha256 for one in versions(folder)}
        gone = [
            file
            for file in (folder / "objects").glob("??/*")
            if not file.name.startswith(".") and file.name not in named
        ]
        for file in gone:
            file.unlink()
    return len(gone)
