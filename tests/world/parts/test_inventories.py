"""Inventories and containers as fields of a world: things change hands and are never lost."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.parts import Container, Containers, Inventories, Part, Places, Presence


class House(Part):
    places: Places
    things: Inventories
    presence: Presence = Presence()


def house(**fields: Any) -> House:
    boxes = {
        "chest": Container(within="attic", is_open=False, locked=True, key="brass key", capacity=3, fixed=True),
        "bag": Container(within="Ann", capacity=2),
        "purse": Container(within="bag", is_open=False),
        "crate": Container(within="cellar"),
    }
    things = Inventories(
        goods={"Ann": {"nuts": 4}, "attic": {"nuts": 1}, "purse": {"buttons": 2}},
        things={"Ann": ["brass key", "lamp"], "attic": ["globe"]},
        containers=Containers(boxes=boxes),
        **fields,
    )
    places = Places.joined({("attic", "cellar"): 1}, whereabouts={"Ann": "attic", "Bob": "attic", "Cid": "cellar"})
    world = House(places=places, things=things)
    world.prepare(seed=0, people=["Ann", "Bob", "Cid"])
    return world


def do(world: World, name: str, actor: str = "Ann", **arguments: Any) -> str:
    """The sentence, or the reason of the refusal after a "!"."""
    outcome = world.apply(ActionCall(action=name, arguments=arguments), actor=actor)
    return outcome.text if isinstance(outcome, Applied) else f"!{outcome.reason}"


def test_things_pass_from_hand_to_hand() -> None:
    world = house()
    assert do(world, "give", to="Bob", what="nuts", count=3) == "Ann gives Bob 3 nuts."
    assert do(world, "give", to="Bob", what="lamp") == "Ann gives Bob lamp."
    assert do(world, "drop", "Bob", what="lamp") == "Bob leaves lamp at the attic."
    assert do(world, "pick_up", what="nuts") == "Ann picks up 1 nuts."
    assert do(world, "pick_up", what="globe") == "Ann picks up globe."
    assert world.things.held("Ann") == {"nuts": 2, "brass key": 1, "globe": 1}
    assert world.things.held("Bob") == {"nuts": 3}
    assert world.things.held("attic") == {"lamp": 1}
    assert (world.things.holder_of("globe"), world.things.holder_of("moon")) == ("Ann", None)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (("give", "Ann", {"to": "Cid", "what": "nuts"}), "Cid is not at the attic."),
        (("give", "Ann", {"to": "Bob", "what": "nuts", "count": 5}), "Ann has only 4 nuts."),
        (("give", "Ann", {"to": "Bob", "what": "lamp", "count": 2}), "Ann has only 1 lamp."),
        (("give", "Ann", {"to": "Bob", "what": "moon"}), "what is 'moon'; it must be one of nuts, brass key, lamp."),
        (("give", "Ann", {"to": "Bob", "what": "nuts", "count": 0}), "must be a whole number of at least 1"),
        (("drop", "Bob", {"what": "nuts"}), "has no possible value now"),
        (("pick_up", "Cid", {"what": "nuts"}), "has no possible value now"),
        (("put_into", "Ann", {"what": "nuts", "container": "chest"}), "container is 'chest'; it must be bag."),
        (("put_into", "Ann", {"what": "nuts", "container": "bag", "count": 2}), "There is no room for that in the bag."),
        (("take_from", "Ann", {"what": "buttons", "container": "bag"}), "has no possible value now"),
        (("open_container", "Ann", {"container": "chest"}), "The chest is locked."),
        (("unlock_container", "Bob", {"container": "chest"}), "Bob does not have the key of the chest."),
        (("carry_container", "Ann", {"container": "chest"}), "container is 'chest'; it must be one of bag, purse."),
        (("open_container", "Bob", {"container": "purse"}), "container is 'purse'; it must be chest."),
        (("put_container_into", "Ann", {"container": "bag", "into": "bag"}), "The bag can't be put into itself."),
    ],
)
def test_what_cannot_be_done(call: tuple[str, str, dict[str, Any]], reason: str) -> None:
    world = house()
    before = world.dump()
    name, actor, arguments = call
    said = do(world, name, actor, **arguments)
    assert said.startswith("!") and reason in said, said
    assert world.dump() == before


def test_a_chest_with_a_lock() -> None:
    world = house()
    assert do(world, "unlock_container", container="chest") == "Ann unlocks the chest."
    assert do(world, "open_container", "Bob", container="chest") == "Bob opens the chest."
    assert do(world, "put_into", what="nuts", container="chest", count=3) == "Ann puts 3 nuts into the chest."
    assert do(world, "put_into", what="lamp", container="chest") == "!There is no room for that in the chest."
    assert do(world, "take_from", "Bob", container="chest", what="nuts") == "Bob takes 1 nuts out of the chest."
    assert do(world, "put_container_into", container="bag", into="chest") == "Ann puts the bag into the chest."
    assert world.things.pieces("chest") == 3
    assert do(world, "lock_container", container="chest") == "Ann locks the chest."
    assert "bag" not in world.things.containers.in_reach("Ann"), "what is in a locked chest is out of reach"
    assert do(world, "take_from", "Bob", container="chest", what="nuts").startswith("!container is 'chest'")


def test_what_is_carried_comes_along() -> None:
    world = house()
    do(world, "go_to", to="cellar")
    assert world.things.containers.in_reach("Ann") == ["bag", "purse"], "it is in the bag, which is open"
    assert world.things.containers.in_reach("Bob") == ["chest"]
    assert do(world, "drop", what="nuts") == "!Ann is on the way."
    world.set_time(60)
    world.due()
    assert do(world, "set_down_container", container="bag") == "Ann sets the bag down."
    assert "bag" in world.things.containers.in_reach("Cid")
    assert do(world, "carry_container", "Cid", container="bag") == "Cid takes up the bag."
    assert do(world, "open_container", "Cid", container="purse") == "Cid opens the purse."
    assert do(world, "take_from", "Cid", container="purse", what="buttons", count=2) == "Cid takes 2 buttons out of the purse."


def test_no_container_is_inside_itself() -> None:
    world = house()
    with pytest.raises(DefinitionError, match="inside itself"):
        world.intervene(lambda world: world.things.containers.put("bag", "purse"))
    with pytest.raises(DefinitionError, match="inside itself"):
        Containers(boxes={"bag": Container(within="bag")}).prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match="locked and open"):
        Containers(boxes={"bag": Container(within="hall", locked=True)}).prepare(seed=0, people=[])
    assert do(world, "put_container_into", container="purse", into="bag") == "Ann puts the purse into the bag."
    do(world, "open_container", container="purse")
    assert do(world, "put_container_into", container="bag", into="purse") == "!The bag can't be put into itself."


def test_making_and_using_up_are_booked() -> None:
    world = house()
    world.intervene(lambda world: world.things.make("bread", "Ann", 5))
    world.intervene(lambda world: world.things.use_up("nuts", "Ann", 4))
    world.intervene(lambda world: world.things.use_up("lamp", "Ann"))
    world.intervene(lambda world: world.things.make_thing("bell", "attic"))
    assert world.things.made == {"bread": -5, "nuts": 4}
    assert (world.things.used_up, world.things.held("attic")) == (["lamp"], {"nuts": 1, "globe": 1, "bell": 1})
    for change, reason in (
        (lambda things: things.use_up("nuts", "Ann"), "does not have 1 nuts"),
        (lambda things: things.make("bread", "Ann", 0), "0 bread can't be made"),
        (lambda things: things.make_thing("lamp", "Ann"), "There is a lamp already"),
        (lambda things: things.move("nuts", "attic", "attic"), "has it already"),
        (lambda things: things.move("nuts", "attic", "Ann", -1), "-1 nuts can't be moved"),
    ):
        with pytest.raises(DefinitionError, match=reason):
            world.intervene(lambda world, change=change: change(world.things))


def test_laws_hold_whatever_an_action_does() -> None:
    def mint(world: House) -> None:
        world.things.goods["Ann"]["nuts"] += 1

    def turn_nuts_into_pears(world: House) -> None:
        world.things.goods["Ann"] = {"pears": 4}

    def double(world: House) -> None:
        world.things.things["Bob"] = ["lamp"]

    def stuff(world: House) -> None:
        world.things.goods["bag"] = {"nuts": 3}
        world.things.goods["Ann"]["nuts"] = 1

    for change, law in (
        (mint, "The number of nuts in all must stay the same"),
        (turn_nuts_into_pears, "The number of"),
        (double, "'lamp' would be in 2 places at once"),
        (stuff, "bag would have 4 pieces, and 2 is the most"),
    ):
        world = house()
        before = world.dump()
        with pytest.raises(DefinitionError, match=law):
            world.intervene(change)
        assert world.dump() == before


def test_people_carry_as_much_as_they_can() -> None:
    world = house(limits={"Bob": 2})
    assert do(world, "give", to="Bob", what="nuts", count=2) == "Ann gives Bob 2 nuts."
    assert do(world, "give", to="Bob", what="lamp") == "!Bob can carry no more."


def test_nobody_deals_with_who_is_gone() -> None:
    world = house()
    world.intervene(lambda world: world.presence.leave("Bob"))
    assert do(world, "give", to="Bob", what="nuts") == "!Bob is not at the attic."
    assert do(world, "drop", "Bob", what="nuts").startswith("!")


def test_a_world_may_keep_things_to_itself() -> None:
    world = house(by_hand=False)
    assert not [each.name for each in world.offered("Ann") if each.name in ("things.give", "things.drop")]
    assert do(world, "give", to="Bob", what="nuts") == "!things.give is not open to Ann now."


def test_what_one_sees() -> None:
    world = house()
    assert world.things.perceive("Ann") == (
        "Ann has 4 nuts, brass key, lamp.\nLying here: 1 nuts, globe.\n"
        "Ann carries the bag. The chest is locked. The bag is open. The purse, in the bag is shut.\nIn the bag: nothing."
    )
    assert world.things.perceive("Cid") == "Cid has nothing.\nThe crate is open.\nIn the crate: nothing."
    data = world.perceive_data("Ann")["things"]
    assert data["has"] == {"nuts": 4, "brass key": 1, "lamp": 1}
    assert (data["here"], data["in"]) == ({"nuts": 1, "globe": 1}, {"bag": {}})
    assert data["containers"]["chest"] == {"within": "attic", "open": False, "locked": True}


def test_containers_alone_are_passed_on_too() -> None:
    class Shed(Part):
        boxes: Containers
        presence: Presence = Presence(heirs={"Ann": ["Bob"]})

    world = Shed(boxes=Containers(boxes={"pot": Container(within="Ann")}))
    world.prepare(seed=0, people=["Ann", "Bob"])
    world.intervene(lambda world: world.presence.die("Ann"))
    assert world.boxes.boxes["pot"].within == "Bob"
    assert isinstance(world.apply(ActionCall(action="close_container", arguments={"container": "pot"}), actor="Ann"), Refused)
