"""The officer's form typed into a page: the Excel form's questions, each mistake by its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from registry import form
from registry.formread import Filled

#: The key of the list of licence types, which the Excel form has on a sheet of its own.
GIVES: Final = "gives"
NOT_FILLED: Final = "没有填写"
NOT_CHOSEN: Final = "没有选择"


def read_typed(said: Mapping[str, str], gives: Sequence[str]) -> tuple[Filled, dict[str, str]]:
    """What was typed, as the Excel form would be read; and key → why that answer cannot be.

    An answer that is wrong is left out of the first. The second is empty when all is right.
    """
    answers: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for question in form.questions():
        typed = said.get(question.key, "").strip()
        if not typed:
            if question.needed:
                wrong[question.key] = NOT_CHOSEN if question.choices else NOT_FILLED
            continue
        try:
            answers[question.key] = question.read(typed)
        except form.Wrong as error:
            wrong[question.key] = str(error)
    for key, other in (("letter", "until"), ("until", "letter")):
        if key not in answers and key not in wrong and other in answers:
            wrong[key] = "授权文件文号和截止日期要一起填"
    types = tuple(dict.fromkeys(gives))
    unknown = [one for one in types if one not in form.type_names()]
    if unknown:
        wrong[GIVES] = f"没有证照类型“{unknown[0][:30]}”，请从列表里选"
    elif len(types) > form.GIVES_ROWS:
        wrong[GIVES] = f"一共选了 {len(types)} 种，最多 {form.GIVES_ROWS} 种"
    return Filled(answers, types), wrong


def lines(wrong: Mapping[str, str]) -> str:
    """The mistakes in the order of the form, a line each; of an empty answer what is meant."""
    found = [
        f"“{one.label}”：{_whole(one, wrong[one.key])}"
        for one in form.questions()
        if one.key in wrong
    ]
    return "\n".join(found + ([f"“可提供的证照”：{wrong[GIVES]}"] if GIVES in wrong else []))


def _whole(question: form.Question, why: str) -> str:
    if why == NOT_FILLED:
        return f"{why}；{question.help}"
    return f"{why}，只能是：{'、'.join(question.choices)}" if why == NOT_CHOSEN else why


def as_typed(filled: Mapping[str, object]) -> tuple[dict[str, str], tuple[str, ...]]:
    """A stored form (`Filled.as_json`) as one would type it: of a choice its word."""
    words = {
        "level": form.LEVELS,
        "share": form.SHARES,
        "copies": form.COPIES,
        "changes": form.CHANGES,
    }
    typed = {}
    for question in form.questions():
        if question.key in filled:
            value = str(filled[question.key])
            by_value = {means: word for word, means in words.get(question.key, {}).items()}
            typed[question.key] = by_value.get(value, value)
    given = filled.get(GIVES, ())
    return typed, tuple(map(str, given)) if isinstance(given, list | tuple) else ()
