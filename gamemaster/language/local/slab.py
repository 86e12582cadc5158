"""Slab: keys and values of a batch of rows, and where in each row which token stands.

The one idea: a column of the slab is a place in memory, not a position. `at` says for each row and column which position of
the row's own text stands there, -1 for none; the mask is made from it. So rows of any length share a batch without being
moved, a row may join at any time, and windows are counted in positions whatever the columns are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

__all__ = ["KeysAndValues", "Slab"]


@dataclass(frozen=True, slots=True)
class KeysAndValues:
    """What was computed for a run of tokens: for each layer keys and values of shape (heads, tokens, width)."""

    layers: tuple[tuple[Any, Any], ...]

    @property
    def length(self) -> int:
        """The number of tokens."""
        return int(self.layers[0][0].shape[1])

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(int(each.numel()) * int(each.element_size()) for layer in self.layers for each in layer)

    def cut(self, at: int) -> tuple[KeysAndValues, KeysAndValues]:
        """The first `at` tokens' and the rest, copies both: a view would keep the whole alive."""
        head = tuple((keys[:, :at].clone(), values[:, :at].clone()) for keys, values in self.layers)
        tail = tuple((keys[:, at:].clone(), values[:, at:].clone()) for keys, values in self.layers)
        return KeysAndValues(head), KeysAndValues(tail)


class Slab:
    """Keys and values of `rows` rows by `columns` columns, written from the left; grows by itself.

    To the model it is a cache: `update` writes what is new at the column where writing stands and returns all up to there.
    """

    is_compileable = False
    is_initialized = True

    def __init__(self, rows: int, columns: int, *, device: Any) -> None:
        self._torch: Any = import_module("torch")
        self.layers: list[_Layer] = []
        self.filled = 0
        self.columns = max(columns, 1)
        self.at = self._torch.full((rows, self.columns), -1, dtype=self._torch.long, device=device)
        # Memory is taken as it comes and only what will be read is made sure of: all rows have been written up to the column
        # `_clean`, those in `_loaded` up to another.
        self._clean = 0
        self._loaded: dict[int, int] = {}

    @property
    def rows(self) -> int:
        return int(self.at.shape[0])

    # --- what a model asks of its cache ---

    def update(self, keys: Any, values: Any, layer_idx: int, *_: Any, **__: Any) -> tuple[Any, Any]:
        """Write the new tokens' keys and values of a layer; all keys and values up to there."""
        while len(self.layers) <= layer_idx:
            self.layers.append(_Layer())
        return self.layers[layer_idx].write(keys, values, self.filled, self.columns)

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self.filled

    def get_query_offset(self, layer_idx: int | None = None) -> int:
        return self.filled

    def get_mask_sizes(self, query_length: int, layer_idx: int | None = None) -> tuple[int, int]:
        return self.filled + query_length, 0

    def get_max_cache_shape(self, layer_idx: int = 0) -> int:
        return -1

    def get_max_length(self, layer_idx: int = 0) -> int:
        return -1

    @property
    def is_sliding(self) -> list[bool]:
        return [False] * max(1, len(self.layers))

    def __len__(self) -> int:
        return len(self.layers)

    # --- what the engine does with it ---

    def reserve(self, columns: int) -> None:
        """Have room for `columns` columns."""
        if columns <= self.columns:
            return
        more = max(columns - self.columns, self.columns // 2)
        self.at = self._torch.nn.functional.pad(self.at, (0, more), value=-1)
        self.columns += more
        for layer in self.layers:
            layer.widen(self.columns, self.filled)

    def write_positions(self, positions: Any) -> None:
        """Say which positions were written in the last pass, -1 for padding; (rows, tokens)."""
        tokens = int(positions.shape[1])
        self.at[:, self.filled : self.filled + tokens] = positions
        self.filled += tokens
        self._clean = self.filled

    def settle(self) -> None:
        """Put zeros where a row has nothing in a column that a pass will read.

        What is masked still takes part in a sum, with weight 0; and 0 times what happens to be in memory may be NaN.
        """
        if not self._loaded and self._clean >= self.filled:
            return
        starts = [self._loaded.get(row, self._clean) for row in range(self.rows)]
        alike = len(set(starts)) == 1
        for row, start in [(slice(None), starts[0])] if alike else enumerate(starts):
            if start < self.filled:
                for layer in self.layers:
                    layer.blank(row, start, self.filled)
        self._clean = self.filled
        self._loaded.clear()

    def load(self, row: int, runs: Sequence[KeysAndValues]) -> None:
        """Put what was computed before at the start of a row that has nothing yet."""
        place = 0
        for run in runs:
            length = run.length
            while len(self.layers) < len(run.layers):
                self.layers.append(_Layer())
            for layer, (keys, values) in zip(self.layers, run.layers, strict=True):
                layer.put(keys, values, row, place, self.rows, self.columns)
            self.at[row, place : place + length] = self._torch.arange(place, place + length, device=self.at.device)
            place += length
        self.filled = max(self.filled, place)
        self._loaded[row] = place

    def take(self, row: int, start: int, length: int) -> KeysAndValues:
        """A copy of what stands in `length` columns of a row."""
        end = start + length
        return KeysAndValues(
            tuple((layer.keys[row, :, start:end].clone(), layer.values[row, :, start:end].clone()) for layer in self.layers)
        )

    def keep_rows(self, rows: Sequence[int]) -> None:
        """Go on with these rows alone, in this order."""
        self.settle()
        index = self._torch.tensor(list(rows), device=self.at.device)
        self.at = self.at.index_select(0, index)
        for layer in self.layers:
            layer.select(index)

    def add_rows(self, count: int) -> None:
        """Add rows that have nothing yet."""
        self._loaded.update(dict.fromkeys(range(self.rows, self.rows + count), 0))
        self.at = self._torch.nn.functional.pad(self.at, (0, 0, 0, count), value=-1)
        for layer in self.layers:
            layer.add(count)

    def pack(self) -> None:
        """Move each row's columns together to the left, so that none is carried along for nothing."""
        self.settle()
        at = self.at[:, : self.filled]
        used = at >= 0
        order = self._torch.argsort((~used).to(self._torch.int8), dim=1, stable=True)
        width = int(used.sum(dim=1).max()) if used.numel() else 0
        order = order[:, :width]
        packed = at.gather(1, order)
        self.at.fill_(-1)
        self.at[:, :width] = packed
        for layer in self.layers:
            layer.move(order, width)
        self.filled = self._clean = width


class _Layer:
    """Keys and values of one layer, each (rows, heads, columns, width), on the device where the layer is."""

    __slots__ = ("empty", "keys", "values")

    keys: Any
    values: Any

    def __init__(self) -> None:
        self.empty = True

    def _make(self, like_keys: Any, like_values: Any, rows: int, columns: int) -> None:
        self.empty = False
        self.keys = like_keys.new_empty((rows, like_keys.shape[-3], columns, like_keys.shape[-1]))
        self.values = like_values.new_empty((rows, like_values.shape[-3], columns, like_values.shape[-1]))

    def blank(self, row: int | slice, start: int, end: int) -> None:
        self.keys[row, :, start:end] = 0
        self.values[row, :, start:end] = 0

    def write(self, keys: Any, values: Any, start: int, columns: int) -> tuple[Any, Any]:
        if self.empty:
            self._make(keys, values, int(keys.shape[0]), columns)
        end = start + int(keys.shape[2])
        self.keys[:, :, start:end] = keys
        self.values[:, :, start:end] = values
        return self.keys[:, :, :end], self.values[:, :, :end]

    def put(self, keys: Any, values: Any, row: int, start: int, rows: int, columns: int) -> None:
        if self.empty:
            self._make(keys, values, rows, columns)
        end = start + int(keys.shape[1])
        self.keys[row, :, start:end] = keys
        self.values[row, :, start:end] = values

    def widen(self, columns: int, filled: int) -> None:
        for name in ("keys", "values"):
            old = getattr(self, name)
            new = old.new_empty((*old.shape[:2], columns, old.shape[3]))
            new[:, :, :filled] = old[:, :, :filled]
            setattr(self, name, new)

    def select(self, index: Any) -> None:
        index = index.to(self.keys.device)
        self.keys, self.values = self.keys.index_select(0, index), self.values.index_select(0, index)

    def add(self, count: int) -> None:
        for name in ("keys", "values"):
            old = getattr(self, name)
            new = old.new_empty((old.shape[0] + count, *old.shape[1:]))
            new[: old.shape[0]] = old
            setattr(self, name, new)

    def move(self, order: Any, width: int) -> None:
        index = order.to(self.keys.device)[:, None, :, None]
        for name in ("keys", "values"):
            whole = getattr(self, name)
            whole[:, :, :width] = whole.gather(2, index.expand(-1, whole.shape[1], -1, whole.shape[3]))
