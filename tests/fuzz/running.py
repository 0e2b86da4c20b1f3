"""Runs a fuzzer within its bounds: five minutes and 2 GB unless the arguments say otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import atheris

BOUNDS = ("-max_len=120000", "-rss_limit_mb=2000", "-timeout=20", "-max_total_time=300")


def run(
    arguments: list[str], name: str, seeds: Mapping[str, bytes], one: Callable[[bytes], None]
) -> None:
    """Fuzz with the arguments of libFuzzer. The corpus grows in `var/fuzz`; what crashed lies in
    `var/fuzz/found`."""
    corpus, found = Path("var/fuzz") / name, Path("var/fuzz/found")
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for file, data in seeds.items():
        (corpus / file).write_bytes(data)
    fuzzer: Any = atheris
    prefix = f"-artifact_prefix={found}/{name}-"
    fuzzer.Setup([arguments[0], *BOUNDS, prefix, *arguments[1:], str(corpus)], one)
    fuzzer.Fuzz()
