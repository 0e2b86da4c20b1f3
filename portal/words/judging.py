"""The Chinese of judging; `portal.words` takes it up."""

from __future__ import annotations

JUDGING: dict[str, str] = {
    "api.judging": "名称归并",
    "api.judging.questions": "待判断的名称，回答后能解决最多的在前",
    "api.judging.question": "一个名称：回答后一并解决的各条、说过的判断",
    "api.judging.waiting": "等待审批局决定、或等待第二人确认的判断",
    "api.judging.judge": "判断一个名称与基本目录事项的关系；部门的判断是建议",
    "api.judging.decide": "采纳或退回部门的建议；确认涉及免提交的归并（须另一人）",
    "api.judging.undo": "撤销一个判断，恢复到它之前",
    "api.judging.contradictions": "互相矛盾的判断及其依据",
    "api.judging.wishes": "对省级基本目录的建议单",
    "api.judging.book": "下载建议单（Excel）",
    "api.judging.wish": "提出一条对省级基本目录的建议；本市目录不变",
    "api.judging.move": "报送、采纳、未采纳或撤回一条建议",
}
