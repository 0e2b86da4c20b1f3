"""What may be wrong with a case's package: in English at a terminal, in Chinese in a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Wrong = Literal[
    "damaged", "no_package", "no_seal", "stranger", "manifest", "list", "file", "head", "malformed",
    "copy", "entry", "sealed",
]  # fmt: skip
ENGLISH: Final[Mapping[Wrong, str]] = {
    "damaged": "the package is damaged and cannot be opened",
    "no_package": "this is no case package: it has no manifest that can be read",
    "no_seal": "{name} is missing or not written as this version writes it",
    "stranger": "{name} is not signed by a seal key that is known",
    "manifest": "{name} is not the one that was sealed",
    "list": "{name} is in the package or in its manifest, but not in both",
    "file": "{name} is not what the manifest says",
    "head": "{name} is not signed by a ledger key that is known",
    "malformed": "the manifest or a proof is not written as this version writes it",
    "copy": "{name} is not an untouched copy of that number",
    "entry": "{name} does not prove that the look at its copy is in the ledger",
    "sealed": "{name} does not prove that the licence of its copy was sealed",
}
CHINESE: Final[Mapping[Wrong, str]] = {
    "damaged": "案卷包已损坏，无法打开。",
    "no_package": "不是案卷包：没有能读取的清单。",
    "no_seal": "清单的签名 {name} 缺失或格式不对。",
    "stranger": "清单的签名 {name} 不是已知机构的。",
    "manifest": "清单 {name} 与签名时不一致，已被改动。",
    "list": "{name} 只在案卷包里或只在清单里，两处不一致。",
    "file": "{name} 与清单所列不一致，已被改动。",
    "head": "{name} 的签名不是已知的账本密钥的。",
    "malformed": "清单或证明的格式不对。",
    "copy": "{name} 不是该编号未被改动的加注件。",
    "entry": "{name} 不能证明该加注件的调取已在账本中。",
    "sealed": "{name} 不能证明该证照已封装。",
}
OLD: Final = "旧版案卷包，清单没有签名；所列加注件和证明逐一核验无误。"
