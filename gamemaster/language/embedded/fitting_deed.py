"""Arguments for an action that serves a wish: what the wish mentions, then what lies at hand.

The one idea: a wish rarely says everything. Whom it leaves open is somebody present, what it leaves open is what was not
had of late, how many is the fewest that are allowed.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.language.embedded.arguments import Slot, assign_numbers, assign_values
from gamemaster.language.embedded.attempt import Tried, spoken_part
from gamemaster.language.embedded.grammar import capitalised, ended, in_first_person, in_third_person
from gamemaster.language.embedded.offers import Offer, Parameter
from gamemaster.language.embedded.past import Past
from gamemaster.language.embedded.reader import Reading
from gamemaster.language.embedded.surroundings import Surroundings
from gamemaster.language.embedded.wishes import Wish
from gamemaster.language.embedded.words import content

__all__ = ["arguments_for"]


def arguments_for(
    offer: Offer, tried: Tried, wish: Wish, around: Surroundings, reading: Reading, past: Past
) -> tuple[dict[str, str], bool]:
    """The arguments as they are to be written, and whether the wish mentions one of them.

    What may be left out and isn't mentioned is left out.
    """
    closed = [Slot(name=each.name, about=offer.description, options=each.options) for each in offer.parameters if each.options]
    counted = [
        Slot(name=each.name, about=offer.description, low=each.low, high=each.high)
        for each in offer.parameters
        if each.kind == "number"
    ]
    values = assign_values(closed, tried)
    numbers = assign_numbers(counted, tried, things=[each for slot in closed for each in slot.options])
    out: dict[str, str] = {}
    for each in offer.parameters:
        if each.name in values:
            out[each.name] = values[each.name]
        elif each.name in numbers or (each.kind == "number" and not each.optional):
            out[each.name] = _number(each, numbers.get(each.name))
        elif each.optional:
            continue
        elif each.kind == "closed":
            out[each.name] = _at_hand(each.options, around, reading, past)
        elif each.kind == "text":
            out[each.name] = _message(wish, tried, reading)
        else:
            out[each.name] = "yes"
    return out, bool(values)


def _number(parameter: Parameter, said: float | None) -> str:
    low, high = parameter.low, parameter.high
    number = said if said is not None else max(1.0, low or 0.0)
    if low is not None:
        number = max(low, number)
    if high is not None:
        number = min(high, number)
    return f"{number:g}"


def _at_hand(options: Sequence[str], around: Surroundings, reading: Reading, past: Past) -> str:
    present = [each for each in options if each in around.present] or [each for each in options if each == around.here]
    others = [each for each in (present or options) if each != reading.name] or list(options)
    used = content(" ".join(line.text for line in past.deeds))
    fresh = [each for each in others if not content(each) <= used]
    return (fresh or others)[0]


def _message(wish: Wish, tried: Tried, reading: Reading) -> str:
    words = spoken_part(tried.plain) or in_first_person(f"{reading.name} {in_third_person(wish.text)}", reading.name)
    return ended(capitalised(words))
