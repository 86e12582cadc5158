"""EmbedderSuite: the rules of an embedder.

The one idea: a text's vector is that text's alone, bit for bit, so that a run doesn't depend on which texts happened to be
embedded together. Whether like texts get like vectors is not looked at, but for texts that have nothing in common.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gamemaster.language import Embedder
from gamemaster.testing.conformance import ConformanceSuite, expect, rule
from gamemaster.testing.global_randomness import unmoved_by_global_randomness
from gamemaster.testing.sample_requests import HOSTILE

__all__ = ["EmbedderSuite"]

_TEXTS = (
    "Ann bakes bread.",
    "Bob goes home to the inn and sleeps until the morning.",
    "Party on Friday!",
    "It rains.",
    "The market opens at eight, and whoever comes late finds no apples.",
    "a",
    "12 coins",
)
# Far enough apart for any embedder that embeds, near enough for float32 sums in another order.
_SAME = 0.999


class EmbedderSuite(ConformanceSuite[Embedder]):
    """The rules of `gamemaster.language.Embedder`; define `make`."""

    @rule
    def test_name_is_a_text(self) -> None:
        """Its name is a text that isn't empty."""
        name: Any = self.make().name
        expect(isinstance(name, str) and name.strip(), f"the name {name!r}")

    @rule
    def test_fingerprint_pins_it(self) -> None:
        """Its fingerprint is a text, the same before and after embedding, and for objects made alike."""
        embedder = self.make()
        first: Any = embedder.fingerprint
        expect(isinstance(first, str) and first.strip(), f"the fingerprint {first!r}")
        embedder.embed(_TEXTS)
        expect(embedder.fingerprint == first, f"{first!r}, and after embedding {embedder.fingerprint!r}")
        expect(self.make().fingerprint == first, f"{first!r}, and of another made alike {self.make().fingerprint!r}")

    @rule
    def test_width_is_the_vectors_length(self) -> None:
        """Its width is a whole number above 0, known before anything is embedded, and the length of every vector."""
        embedder = self.make()
        width: Any = embedder.width
        expect(type(width) is int and width > 0, f"the width {width!r}")
        lengths = {np.shape(each)[-1] for each in (embedder.embed(_TEXTS), embedder.embed(_TEXTS[:1]))}
        expect(lengths == {width}, f"vectors of the lengths {sorted(lengths)} for the width {width}")

    @rule
    def test_one_row_for_each_text(self) -> None:
        """It gives an array of two dimensions with a row for each text, also when a text comes twice."""
        embedder = self.make()
        for texts in (_TEXTS, _TEXTS[:1], (*_TEXTS[:2], *_TEXTS[:2])):
            shape = np.shape(embedder.embed(texts))
            expect(len(shape) == 2 and shape[0] == len(texts), f"the shape {shape} for {len(texts)} texts")

    @rule
    def test_no_texts_no_rows(self) -> None:
        """For no texts it gives an array of shape (0, width)."""
        embedder = self.make()
        shape, one = np.shape(embedder.embed([])), np.shape(embedder.embed(_TEXTS[:1]))
        expect(shape == (0, *one[1:]), f"the shape {shape}; for one text it is {one}")

    @rule
    def test_vectors_are_float32(self) -> None:
        """The vectors are a numpy array of float32."""
        rows: Any = self.make().embed(_TEXTS)
        expect(isinstance(rows, np.ndarray), f"a {type(rows).__name__}")
        dtype = cast("NDArray[Any]", rows).dtype
        expect(dtype == np.float32, f"an array of {dtype}")

    @rule
    def test_vectors_are_finite(self) -> None:
        """No vector holds an infinity or what is no number."""
        rows = _rows(self.make(), _TEXTS)
        wrong = [text for text, row in zip(_TEXTS, rows, strict=True) if not np.isfinite(row).all()]
        expect(not wrong, f"a vector that isn't finite for {wrong[:1]}")

    @rule
    def test_vectors_have_length_one(self) -> None:
        """Every vector has length 1, so that a dot product is a similarity."""
        for text, row in zip(_TEXTS, _rows(self.make(), _TEXTS), strict=True):
            length = float(np.sqrt(np.sum(row.astype(np.float64) ** 2)))
            # A vector that isn't finite breaks another rule.
            expect(not math.isfinite(length) or abs(length - 1) < 1e-4, f"a vector of length {length:.6f} for {text!r}")

    @rule
    def test_order_is_kept(self) -> None:
        """The rows stand in the order of the texts, whatever that is."""
        embedder = self.make()
        alone = {text: _rows(embedder, [text])[0] for text in _TEXTS}
        for texts in (_TEXTS, _TEXTS[::-1], _TEXTS[3:] + _TEXTS[:3]):
            for text, row in zip(texts, _rows(embedder, texts), strict=True):
                expect(_likeness(row, alone[text]) > _SAME, f"in the place of {text!r} a vector that isn't its own")

    @rule
    def test_same_text_same_vector(self) -> None:
        """A text embedded again gets the same vector, bit for bit; of another embedder made alike too."""
        embedder = self.make()
        for text in _TEXTS:
            first = _rows(embedder, [text])
            expect(_same(first, _rows(embedder, [text])), f"two vectors for {text!r}")
            expect(_same(first, _rows(self.make(), [text])), f"another vector for {text!r} from an embedder made alike")

    @rule
    def test_company_changes_nothing(self) -> None:
        """A text's vector is the same alone and among any others, bit for bit."""
        embedder = self.make()
        alone = [_rows(embedder, [text])[0] for text in _TEXTS]
        for company in (_TEXTS, _TEXTS[::-1], (*_TEXTS, *_TEXTS), *([text] * 5 for text in _TEXTS)):
            rows = _rows(embedder, company)
            for text, vector in zip(_TEXTS, alone, strict=True):
                # In any place: that the order is kept is another rule.
                found = text not in company or any(_same(vector, row) for row in rows)
                expect(found, f"the vector of {text!r} alone isn't among those of {len(company)} texts together")

    @rule
    def test_texts_are_told_apart(self) -> None:
        """Texts that have nothing in common get different vectors."""
        rows = _rows(self.make(), _TEXTS)
        for at, row in enumerate(rows):
            for other in range(at):
                expect(not _same(row, rows[other]), f"one vector for {_TEXTS[at]!r} and {_TEXTS[other]!r}")

    @rule
    def test_any_text_is_embedded(self) -> None:
        """The empty text, blanks, control characters, lone surrogates and scripts of all kinds get vectors like any other."""
        embedder = self.make()
        for text in ("", *HOSTILE):
            try:
                rows = _rows(embedder, [text, "and one more"])
            except Exception as error:
                raise AssertionError(f"{type(error).__name__}: {error} on {text!r}") from error
            expect(len(rows) == 2 and np.isfinite(rows).all(), f"no vector for {text!r}")

    @rule
    def test_long_text_is_embedded(self) -> None:
        """A text of 50,000 characters gets a vector like any other."""
        rows = _rows(self.make(), ["Ann bakes bread. " * 3000])
        expect(len(rows) == 1 and np.isfinite(rows).all(), f"no vector; an array of shape {rows.shape}")

    @rule
    def test_vectors_stay_as_given(self) -> None:
        """What it gave doesn't change when it is asked again, nor does writing into it change what it gives."""
        embedder = self.make()
        given = embedder.embed(_TEXTS[:2])
        copy = np.array(given)
        embedder.embed(_TEXTS[2:4])
        expect(_same(given, copy), "vectors that changed when others were asked for")
        if given.flags.writeable:
            given[:] = 0
            expect(_same(embedder.embed(_TEXTS[:2]), copy), "vectors that changed by writing into those given before")

    @rule
    def test_any_thread_will_do(self) -> None:
        """It works in a thread other than the one that made it, and gives the same vectors there."""
        embedder = self.make()
        here = _rows(embedder, _TEXTS)
        with ThreadPoolExecutor(1) as thread:
            there = thread.submit(_rows, embedder, _TEXTS).result()
        expect(_same(here, there), "other vectors in another thread")

    @rule
    def test_global_randomness_is_left_alone(self) -> None:
        """It neither reads nor moves the process's random streams."""
        unmoved_by_global_randomness(lambda: _rows(self.make(), _TEXTS).tobytes(), "embedding")


def _rows(embedder: Embedder, texts: Any) -> NDArray[np.float32]:
    return np.array(embedder.embed(list(texts)))


def _same(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    return one.tobytes() == other.tobytes()


def _likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The cosine, of vectors of any length; 1 where one isn't finite, which breaks another rule."""
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return 1.0
    a, b = one.astype(np.float64).ravel(), other.astype(np.float64).ravel()
    length = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / length if a.shape == b.shape and length else 0.0
