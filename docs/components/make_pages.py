"""Write a page for each component: its docstring, its prompt texts, an example and the prompt that comes of it.

    python docs/components/make_pages.py          # writes docs/components/*.md

What stands in the pages is taken from the code, so that they can't say anything else; a test compares them with it.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import tomllib
from pathlib import Path

import gamemaster.components as library
from gamemaster.components import Component
from gamemaster.words import PROMPTS, prompt_texts

FOLDER = Path(__file__).parent

HEAD = """\
from gamemaster import Agent, Simulation
from gamemaster.components import {imports}
from gamemaster.testing import ScriptedModel

persona = Persona("A baker in a small town.", age=34, traits=["kind", "stubborn"])
"""

WORLD = """\
class Market(World):
    loaves: int = 10

    def perceive_data(self, name: str) -> dict[str, int]:
        return {"loaves": self.loaves}


"""

TAIL = """\
agent = Agent("Ann", [{parts}], memories=["Ann owes Bob 3 coins.", "Bob likes rye bread."])
simulation = Simulation([agent, Agent("Bob")]{world}, premise="The market opens.", model=ScriptedModel())
print(simulation.preview("Ann"))
"""

# For each component how it is made, and what else stands in the agent's list; `persona` is there for all.
EXAMPLES: dict[str, tuple[str, str]] = {
    "Affect": ("part = Affect(base=(0.2, 0.1))", "persona, part"),
    "AppropriatenessQuestion": ("situation, person, deed = appropriateness(given=[persona])", "persona, situation, person, deed"),
    "BDI": ('part = BDI(["sell all the bread"], beliefs=["Bob has money."])', "persona, part"),
    "ChainOfQuestions": ("part = ChainOfQuestions(given=[persona])", "persona, part"),
    "Goals": ('part = Goals(["sell all the bread"])', "persona, part"),
    "Needs": ("part = Needs(pressing=0.1)", "persona, part"),
    "Norms": ('part = Norms(["One waits for one\'s turn."])', "persona, part"),
    "ProsAndCons": ("options = Options(given=[persona], n=2)\npart = ProsAndCons(options)", "persona, options, part"),
    "Relationships": (
        'part = Relationships({"Bob": Relationship(closeness=0.6, trust=0.8, tie="friend")})',
        "persona, part",
    ),
    "Reputation": ("part = Reputation()", "persona, part"),
    "SelfConsistency": ('part = SelfConsistency("Does {name} trust Bob?", options=["Yes.", "No."], n=3)', "persona, part"),
    "Background": ('part = Background("Ann took the bakery over from her father.")', "persona, part"),
    "BestOption": ("options = Options(given=[persona])\npart = BestOption(options, given=[persona])", "persona, options, part"),
    "Constant": ('part = Constant("Bread costs 2 coins.", label="Prices")', "persona, part"),
    "ImportanceRating": ("part = ImportanceRating()", "persona, part"),
    "Instructions": ("part = Instructions()", "part, persona"),
    "KeepMemory": ("part = KeepMemory(MergeDuplicates(), every=10)", "persona, part"),
    "Observations": ("part = Observations()", "persona, part"),
    "Options": ("part = Options(given=[persona])", "persona, part"),
    "Perceived": ('part = Perceived("loaves", label="Loaves on the shelf")', "persona, part"),
    "Persona": ("part = persona", "part"),
    "Plan": ("part = Plan(given=[persona])", "persona, part"),
    "Question": ('part = Question("What does {name} fear?", name="fear", given=[persona], memories=2)', "persona, part"),
    "Recall": ("part = Recall(k=2)", "persona, part"),
    "Reflection": ("rating = ImportanceRating()\npart = Reflection(rating)", "persona, rating, part"),
    "Reminder": ("part = Reminder(given=[persona], every=4)", "persona, part"),
    "Report": ('part = Report(lambda name, data: f"{name} has 5 coins.", label="Purse")', "persona, part"),
    "SimilarMemories": ("part = SimilarMemories(given=[persona])", "persona, part"),
    "Situation": ("part = Situation(given=[persona])", "persona, part"),
    "SummaryOfSelf": ("part = SummaryOfSelf(given=[persona])", "persona, part"),
    "TheoryOfMind": ('part = TheoryOfMind(["Bob"], given=[persona])', "persona, part"),
    "Universalization": (
        "part = Universalization([1, 5], lambda data, n: f\"If both take {n}, {data['loaves'] - 2 * n} loaves are left.\")",
        "persona, part",
    ),
}

ALSO: dict[str, str] = {
    "AppropriatenessQuestion": "appropriateness",
    "BestOption": "Options",
    "ProsAndCons": "Options",
    "Reflection": "ImportanceRating",
    "Relationships": "Relationship",
}

BEFORE: dict[str, str] = {
    "KeepMemory": "from gamemaster.memory import MergeDuplicates\n",
}

IN_A_WORLD = ("Perceived", "Universalization")


def components() -> list[type[Component]]:
    """The public components, in alphabetical order."""
    found = [getattr(library, name) for name in library.__all__]
    return [each for each in found if inspect.isclass(each) and issubclass(each, Component) and each is not Component]


def example(kind: type[Component]) -> str:
    """The code of a component's example."""
    name = kind.__name__
    made, parts = EXAMPLES[name]
    own = [] if name == "AppropriatenessQuestion" else [name]
    imports = sorted({"Persona", *own, *([ALSO[name]] if name in ALSO else [])})
    head = HEAD.format(imports=", ".join(imports))
    if before := BEFORE.get(name):
        head = head.replace("from gamemaster.testing", f"{before}from gamemaster.testing")
    in_world = name in IN_A_WORLD
    if in_world:
        head = head.replace("import Agent, Simulation", "import Agent, Simulation, World").replace(
            "persona =", f"\n{WORLD}persona ="
        )
    tail = TAIL.format(parts="persona" if name == "Persona" else parts, world=", Market()" if in_world else "")
    return f"{head}{tail}" if name == "Persona" else f"{head}{made}\n{tail}"


def output(code: str) -> str:
    """What a piece of code prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "<example>", "exec"), {"__name__": "__main__"})
    return said.getvalue().rstrip()


def page(kind: type[Component]) -> str:
    """The page of a component."""
    doc = inspect.getdoc(kind) or ""
    parameters = [each for each in inspect.signature(kind.__init__).parameters.values() if each.name != "self"]
    made = ", ".join(str(each.replace(annotation=inspect.Parameter.empty)) for each in parameters)
    made = re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", made)
    module = inspect.getdoc(inspect.getmodule(kind)) or ""
    lines = [
        f"# {kind.__name__}",
        "",
        f"`gamemaster.components.{kind.__name__}({made})`",
        "",
        _as_markdown(doc),
        "",
        "## The idea",
        "",
        _as_markdown(module),
        "",
        f"Changes: {kind.changes}. Kind of its section: {kind.kind}. Name in the agent: `{kind.name}`.",
        "",
    ]
    if (texts := _texts(kind)) is not None:
        lines += ["## Its prompt texts", "", f"`gamemaster/prompts/en/{texts[0]}.toml`:", "", "```toml", texts[1], "```", ""]
    if kind.__name__ in EXAMPLES:
        code = example(kind)
        lines += ["## An example", "", "```python", code.rstrip(), "```", "", "It prints the prompts of Ann's next turn:", ""]
        lines += ["```text", output(code), "```", ""]
    return "\n".join(lines)


def index(kinds: list[type[Component]]) -> str:
    """The page that names them all."""
    rows = [
        f"| [{each.__name__}]({each.name}.md) | {(inspect.getdoc(each) or '').partition(chr(10))[0]} | {each.changes} |"
        for each in kinds
    ]
    return "\n".join(
        [
            "# Components",
            "",
            "What agents are made of. Each page is written from the code by `python docs/components/make_pages.py`.",
            "[Writing components](../writing_components.md) says how to make one of your own.",
            "",
            "| component | what it is | changes |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def pages() -> dict[str, str]:
    """All pages by file name."""
    kinds = sorted(components(), key=lambda each: each.__name__)
    return {**{f"{each.name}.md": page(each) for each in kinds}, "README.md": index(kinds)}


def _texts(kind: type[Component]) -> tuple[str, str] | None:
    file = prompt_texts().file_of(kind)
    path = PROMPTS / "en" / f"{file}.toml"
    if not path.exists():
        return None
    text = path.read_text("utf-8").strip()
    tomllib.loads(text)
    return file, text


def _as_markdown(doc: str) -> str:
    """The docstring, with what its sections begin with in bold."""
    return re.sub(r"^(Source|Measures|Raises|Args|Returns):", r"**\1:**", doc, flags=re.MULTILINE)


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(FOLDER / name)
