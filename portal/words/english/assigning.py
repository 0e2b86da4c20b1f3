"""Words of the page of the posts that a case is given to, in English."""

from __future__ import annotations

ASSIGNING = {
    "posts.link": "Other posts",
    "posts.title": "Give the case to another post",
    "posts.held": "Given to",
    "posts.none": "The case is given to no other post. Once it is, the post, the way and the days "
    "stand here, and it can be taken back at any time.",
    "posts.holds": "in force",
    "posts.over": "taken back or over",
    "posts.from": "from",
    "posts.to": "until",
    "posts.take_back": "Take back",
    "posts.give": "Give it to a post",
    "posts.about": "That post may receive, and see what need not be brought; only posts of the "
    "body that decides see what a licence says.",
    "posts.may_not": "The deciding department gives this case to others; your post only receives.",
    "posts.post": "Which post",
    "posts.mode": "How",
    "posts.mode.whole_online": "wholly online",
    "posts.mode.on_behalf": "received on behalf",
    "posts.mode.several_places": "several places together",
    "posts.rights": "That post may",
    "posts.right.receive": "receive",
    "posts.right.decide": "decide",
    "posts.place": "Where it is received",
    "posts.place.hint": "A county or district of this city, or another province by its name.",
    "posts.document": "Document or agreement it is based on",
    "posts.until": "Until (that day counts)",
    "posts.until.hint": "Empty: until it is taken back or the case is closed.",
    "posts.button": "Give it to this post",
    "posts.done.given": "Given: that post may work on the case from now on.",
    "posts.done.taken_back": "Taken back: that post may work on it no more.",
}
