"""Concordia's simultaneous engine at the same task: everyone waves, in every step. Runs in an environment of its own.

It prints one line of JSON. Everything is chosen in favour of speed: entities of three components (instructions, goal,
the last 12 observations), a game master whose parts are fixed or plain code, so that the one model call is the entity's
own, a model that answers at once, an embedder that costs nothing, no log and no checkpoints.
"""
# pyright: basic, reportMissingImports=false

import argparse
import contextlib
import io
import json
import logging
import sys
import time
from importlib.metadata import version

import numpy as np
from concordia.agents import entity_agent_with_logging
from concordia.associative_memory import basic_associative_memory
from concordia.components import agent as agent_components
from concordia.components import game_master as gm_components
from concordia.environment.engines import simultaneous
from concordia.language_model import no_language_model
from concordia.typing import entity as entity_lib
from concordia.typing import entity_component

MEMORY = agent_components.memory.DEFAULT_MEMORY_COMPONENT_KEY
OBSERVATION = agent_components.observation.DEFAULT_OBSERVATION_COMPONENT_KEY
MAKE_OBSERVATION = gm_components.make_observation.DEFAULT_MAKE_OBSERVATION_COMPONENT_KEY
NEXT_ACTING = gm_components.next_acting.DEFAULT_NEXT_ACTING_COMPONENT_KEY
NEXT_ACTION_SPEC = gm_components.next_acting.DEFAULT_NEXT_ACTION_SPEC_COMPONENT_KEY
TERMINATE = gm_components.switch_act.DEFAULT_TERMINATE_COMPONENT_KEY
RESOLUTION = gm_components.switch_act.DEFAULT_RESOLUTION_COMPONENT_KEY
PUTATIVE_EVENT = gm_components.event_resolution.PUTATIVE_EVENT_TAG


class InstantModel(no_language_model.NoLanguageModel):
    """Answers at once, and counts."""

    calls = 0

    def sample_text(self, prompt, **options):
        self.calls += 1
        return "waves."

    def sample_choice(self, prompt, responses, **options):
        self.calls += 1
        return 0, responses[0], {}


class Waving(entity_component.ContextComponent):
    """Resolves all waves of a step by plain code, and tells each actor what came of it."""

    def __init__(self):
        super().__init__()
        self.waves = {}
        self.putative = ""

    def pre_observe(self, observation):
        if observation.startswith(PUTATIVE_EVENT):
            self.putative = observation.removeprefix(PUTATIVE_EVENT)
        return ""

    def pre_act(self, action_spec):
        if action_spec.output_type != entity_lib.OutputType.RESOLVE:
            return ""
        make_observation = self.get_entity().get_component(MAKE_OBSERVATION, type_=gm_components.make_observation.MakeObservation)
        happened = []
        for line in self.putative.strip().splitlines():
            actor = line.split(":")[0].strip()
            self.waves[actor] = self.waves.get(actor, 0) + 1
            happened.append(f"{actor} waves.")
            make_observation.add_to_queue(actor, happened[-1])
        return "\n".join(happened)

    def get_state(self):
        return {"waves": dict(self.waves)}

    def set_state(self, state):
        self.waves = dict(state["waves"])


def embed(text):
    """A vector that costs nothing: no component of this scenario recalls."""
    return VECTOR


VECTOR = np.ones(8) / np.sqrt(8)


def memory():
    """A memory component with an empty bank."""
    bank = basic_associative_memory.AssociativeMemoryBank(sentence_embedder=embed)
    return agent_components.memory.AssociativeMemory(memory_bank=bank)


def entity(name, model):
    """An entity of three components over a memory."""
    components = {
        "Instructions": agent_components.instructions.Instructions(agent_name=name),
        "Goal": agent_components.constant.Constant(state="A person.", pre_act_label="Who you are"),
        OBSERVATION: agent_components.observation.LastNObservations(history_length=12),
        "observation_to_memory": agent_components.observation.ObservationToMemory(),
        MEMORY: memory(),
    }
    act = agent_components.concat_act_component.ConcatActComponent(
        model=model, component_order=list(components), randomize_choices=False
    )
    return entity_agent_with_logging.EntityAgentWithLogging(agent_name=name, act_component=act, context_components=components)


def game_master(names, model, waving):
    """A game master that asks the model nothing."""
    spec = entity_lib.choice_action_spec(call_to_action="What does {name} do?", options=["Wave", "Rest"])
    make_observation = gm_components.make_observation.MakeObservation(model=model, player_names=names)
    components = {
        TERMINATE: gm_components.terminate.Terminate(),
        MAKE_OBSERVATION: make_observation,
        NEXT_ACTING: gm_components.next_acting.NextActingAllEntities(player_names=names),
        NEXT_ACTION_SPEC: gm_components.next_acting.FixedActionSpec(spec),
        RESOLUTION: waving,
        MEMORY: memory(),
    }
    act = gm_components.switch_act.SwitchAct(model=model, entity_names=names, component_order=list(components))
    return entity_agent_with_logging.EntityAgentWithLogging(
        agent_name="Game master", act_component=act, context_components=components
    )


def measure(agents, steps):
    """CPU seconds, calls and waves of a run."""
    model, waving = InstantModel(), Waving()
    names = [f"a{i:04d}" for i in range(agents)]
    entities = [entity(name, model) for name in names]
    master = game_master(names, model, waving)
    make_observation = master.get_component(MAKE_OBSERVATION)
    for name in names:
        make_observation.add_to_queue(name, "It is a fine day.")  # an empty queue would have the model make something up
    started = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        simultaneous.Simultaneous().run_loop(
            game_masters=[master], entities=entities, premise="It is a fine day.", max_steps=steps, verbose=False
        )
    cpu = time.process_time() - started
    return {"cpu_seconds": cpu, "calls": model.calls, "waves": sum(waving.waves.values()), "version": version("gdm-concordia")}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(measure(asked.agents, asked.steps)) + "\n")
