"""What becomes of a draft: a file that is never written over, and a trial on the rows seen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from connectors.frames import frame_of
from kernel.errors import BadInput
from kernel.house import House
from landing.columns import to_arrow
from landing.judged import judge
from pipeline.discover import Discovered
from registry.draft_trial import trial_stream


def refuse_old(out: Path, code: str) -> None:
    """Raises BadInput when the folder has that system's file: it is never overwritten."""
    file = out / f"{code}.yml"
    if file.exists():
        raise BadInput(f"{file} is there already: remove it, or give another --code")


def write(found: Discovered, out: Path) -> Path:
    """Write the draft as `<code>.yml`. Raises BadInput; what is there is never overwritten."""
    file = out / f"{found.code}.yml"
    try:
        with file.open("x", encoding="utf-8") as draft:
            draft.write(found.yaml)
    except OSError as error:
        raise BadInput(f"{file} cannot be written ({error.strerror}): name a folder") from None
    return file


def try_out(house: House, found: Discovered) -> list[str]:
    """Judge the rows that were seen by the draft; keep nothing. A line a stream, then reasons."""
    lines = []
    for draft, seen in found.streams:
        stream, why = trial_stream(draft)
        if stream is None:
            lines.append(f"{found.code} {draft.name}: not judged: {why}")
            continue
        columns = sorted(stream.known_columns())
        judged = judge(house, found.code, stream, to_arrow(frame_of(list(seen.rows), columns)))
        lines.append(
            f"{found.code} {draft.name}: {len(seen.rows):,} rows seen, "
            f"{len(judged.refused):,} would be quarantined, {len(judged.found):,} findings"
        )
        reasons = Counter(one.reason for one in judged.refused.values())
        lines += [f"  {count:>5,}  {reason}" for reason, count in reasons.most_common(10)]
    return lines
