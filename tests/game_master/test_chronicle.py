"""Events name their witnesses in the order of the people, whatever order they were given in."""

from hypothesis import given
from hypothesis import strategies as st

from gamemaster.game_master import Chronicle

PEOPLE = tuple(f"p{at}" for at in (3, 1, 4, 15, 9, 2, 6))
NAMES = st.lists(st.sampled_from([*PEOPLE, "nobody", ""]))


@given(NAMES, st.sampled_from([list, tuple, set, frozenset]))
def test_witnesses_stand_in_the_order_of_the_people(names, made):
    chronicle = Chronicle(1, 0.0, PEOPLE)
    expected = tuple(name for name in PEOPLE if name in names)
    assert chronicle.event("act", "Something.", witnesses=made(names)).witnesses == expected
    later = chronicle.event("act", "Something else.")
    assert chronicle.noticed(later, made(names)).witnesses == expected
    assert [event.witnesses for event in chronicle.events] == [expected, expected]
    assert chronicle.events[1].text == "Something else."


def test_rewording_changes_the_words_alone():
    chronicle = Chronicle(2, 60.0, PEOPLE)
    for at in range(12):
        chronicle.event("act", f"Event {at}.", actor="p3", witnesses=["p1"])
    known = chronicle.reword(chronicle.events[10], "Told otherwise.")
    assert chronicle.events[10] == known
    assert (known.id, known.text, known.actor, known.witnesses) == ("2/event/10", "Told otherwise.", "p3", ("p1",))
    assert [event.text for event in chronicle.events if event is not known] == [f"Event {at}." for at in range(12) if at != 10]


def test_observations_are_numbered_and_found_by_whom_they_reached():
    chronicle = Chronicle(1, 0.0, PEOPLE)
    event = chronicle.event("act", "Something.", witnesses=PEOPLE[:2])
    chronicle.tell(event, event.witnesses, "saw", event.text)
    chronicle.tell(event, ["p1"], "was_told", "A secret.")
    assert [each.id for each in chronicle.observations] == ["1/observation/0", "1/observation/1", "1/observation/2"]
    assert [each.text for each in chronicle.noticed_by("p1")] == ["Something.", "A secret."]
    assert chronicle.noticed_by("p4") == ()
