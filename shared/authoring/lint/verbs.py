"""Verbs that event names are made of, and their past forms.

A list rather than a grammar: an unknown word ending in -ed counts as past, any other unknown word as no verb, so that
a name is rather left alone than misread.
"""

from __future__ import annotations

BASES = frozenset(
    """
    abandon accept access activate add adjust agree allow answer apply approve archive ask assign attach attend
    authenticate authorize begin block book bookmark browse build buy call cancel capture change charge chat check
    choose claim clear click close collect comment compare complete configure confirm connect consume contact continue
    convert copy create customize deactivate decline delete deliver deny deposit detect disable disconnect dislike
    dismiss display donate download drag drop earn edit email enable end enroll enter exceed expand expire explore
    export fail favorite favourite feature fill filter find finish fly follow forget forward free get give go grant
    guarantee hear hide hold identify ignore import impress initiate inspect install invite issue join keep launch
    leave like link list listen load lock log login logout lose make mark match measure meet merge message miss modify
    mount move mute navigate notify offer open opt order pair participate pass pause pay perform pick pin place play
    post preapprove prepare preview print process publish purchase push put quit rate reach react read receive
    recommend record redeem refer refill refresh refund register reject release remind remove rename renew repeat reply
    report request reschedule reserve reset resolve respond restart restore resubscribe resume retry return review
    revoke run save scan schedule scroll search see select sell send set share ship show sign skip sort spend start
    stop stream submit subscribe suspend swap swipe switch sync take tap test toggle track transfer trigger try turn
    type uninstall unfollow unlike unlink unlock unsubscribe update upgrade upload use validate verify view visit vote
    wait want watch win withdraw write zoom
    """.split()  # noqa: SIM905  a list of a hundred lines reads worse
)

IRREGULAR = {
    "begun": "begin", "began": "begin", "bought": "buy", "built": "build", "chosen": "choose", "chose": "choose",
    "flown": "fly", "forgotten": "forget", "found": "find", "given": "give", "gave": "give", "gone": "go", "got": "get",
    "gotten": "get", "heard": "hear", "held": "hold", "hidden": "hide", "kept": "keep", "left": "leave",
    "lost": "lose", "made": "make", "met": "meet", "paid": "pay", "put": "put", "quit": "quit", "read": "read",
    "reset": "reset", "ran": "run", "seen": "see", "saw": "see", "sent": "send", "set": "set", "shown": "show",
    "sold": "sell", "spent": "spend", "taken": "take", "took": "take", "withdrawn": "withdraw", "won": "win",
    "written": "write", "wrote": "write",
}  # fmt: skip

NEVER_PAST = frozenset(
    {"bed", "embed", "hundred", "naked", "red", "sacred", "shed", "sled", "unlimited", "wed"}
)


def _regular_past(base: str) -> set[str]:
    if base.endswith("e"):
        return {base + "d"}
    if base.endswith("y") and base[-2] not in "aeiou":
        return {base[:-1] + "ied"}
    return {base + "ed", base + base[-1] + "ed"}


BASE_OF_PAST = {past: base for base in BASES for past in _regular_past(base)} | IRREGULAR


def is_base(word: str) -> bool:
    return word in BASES


def is_past(word: str) -> bool:
    if word in BASE_OF_PAST:
        return True
    return len(word) > 4 and word.endswith("ed") and not word.endswith("eed") and word not in NEVER_PAST


def base(word: str) -> str:
    """The verb of a past form; any other word as it is."""
    if word in BASE_OF_PAST:
        return BASE_OF_PAST[word]
    return word[:-2] if is_past(word) else word
