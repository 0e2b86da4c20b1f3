"""Words of the page of the posts that a case is given to."""

from __future__ import annotations

ASSIGNING = {
    "posts.link": "交给其他窗口",
    "posts.title": "交给其他窗口办",
    "posts.held": "已交给",
    "posts.none": "本办件没有交给其他窗口。交出以后，这里列出窗口、方式和期限，随时可以收回。",
    "posts.holds": "在办",
    "posts.over": "已收回或到期",
    "posts.from": "起",
    "posts.to": "止",
    "posts.take_back": "收回",
    "posts.give": "交给一个窗口",
    "posts.about": "对方可以收件、看材料免不免交；证照内容只有作决定的部门的岗位看得到。",
    "posts.may_not": "本办件由作决定的部门交给其他窗口，您的岗位只负责收件。",
    "posts.post": "哪个窗口",
    "posts.mode": "方式",
    "posts.mode.whole_online": "全程网办",
    "posts.mode.on_behalf": "代收代办",
    "posts.mode.several_places": "多地联办",
    "posts.rights": "对方可以",
    "posts.right.receive": "收件",
    "posts.right.decide": "审批",
    "posts.place": "收件地",
    "posts.place.hint": "本市的县（市、区），或者外省的省名，例如“广东省”。",
    "posts.document": "依据的文号或协议",
    "posts.until": "到哪天（含）",
    "posts.until.hint": "不填就一直有效，直到收回或办结。",
    "posts.button": "交给这个窗口",
    "posts.done.given": "已交给这个窗口，现在起对方可以办理。",
    "posts.done.taken_back": "已收回，对方现在起不能再办理。",
}
