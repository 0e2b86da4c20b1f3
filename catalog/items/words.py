"""Chinese words for what the parser found, for the sentences that people read."""

from __future__ import annotations

from collections.abc import Iterable

ACTS = {
    "grant": "首次办理",
    "unstated": "未写明行为",
    "change": "变更",
    "correct": "更正",
    "renew": "延续",
    "exchange": "换证",
    "reissue": "补办",
    "cancel": "注销",
    "revoke": "撤销",
    "verify": "校验",
    "annual": "年检",
    "recheck": "复查",
    "regrade": "复评",
    "reconsider": "复核",
    "prepare": "筹设",
    "suspend": "停业",
    "close": "歇业",
    "resume": "恢复",
    "terminate": "终止",
    "query": "查询",
    "consult": "咨询",
    "book": "预约",
    "transfer_in": "转入",
    "transfer_out": "转出",
    "transfer": "转移",
    "lose": "挂失",
    "discharge": "解除",
    "mortgage": "抵押",
    "relocate": "迁移",
    "split": "分立、合并",
    "expand": "增项",
}


def act_words(acts: Iterable[str]) -> str:
    """`变更、注销` of {change, cancel}. Raises KeyError on an act that has no word here."""
    return "、".join(ACTS[act] for act in sorted(acts))
