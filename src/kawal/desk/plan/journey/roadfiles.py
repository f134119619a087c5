"""The network of an area in one file (NumPy's npz): built once from the extract, read by every plan.

The file may come from elsewhere: nothing in it is run, its size is known before it is unpacked, and no number
of it is believed.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from kawal.desk.plan.journey.travel_words import ASSUMPTIONS
from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.roads import Ints, Roads
from kawal.rules.refusals import Refused

BYTES_MAX: Final = 2 * 2**30  # unpacked; a network of two million junctions has some 800 MB
_EDGE_M_MAX: Final = 2_000_000.0
_FORM = 2  # 1 knew no signs
_INTS = ("start", "end", "shape_at", "turn", "turn_at", "turn_whom")
_FLOATS = ("metres", "forward_s", "backward_s", "shape")
_ARRAYS = (*_INTS, *_FLOATS)


def save(roads: Roads, path: Path) -> None:
    """Whole or not at all: a file that was cut off never has the name."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as out:
        np.savez_compressed(
            out,
            form=np.array(_FORM),
            name=np.array(roads.name),
            box=np.array(roads.box),
            junctions=np.array(roads.junctions),
            told=np.array(json.dumps(dict(roads.told))),
            **{key: getattr(roads, key) for key in _ARRAYS},
        )
    part.replace(path)


def load(path: Path) -> Roads:
    """Refuses `wrong_roads` for what `save` did not write, or would not."""
    try:
        with path.open("rb") as raw:
            _bounded(raw)
            with np.load(raw, allow_pickle=False) as file:
                return _read(file)
    except (
        ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError, EOFError,
        MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        raise Refused("wrong_roads", file=path.name, problem=str(error)[:200]) from error


def _bounded(raw: BinaryIO) -> None:
    with zipfile.ZipFile(raw) as parts:
        if sum(part.file_size for part in parts.infolist()) > BYTES_MAX:
            raise ValueError(f"more than {BYTES_MAX // 2**20} MB")
    raw.seek(0)


def _read(file: Mapping[str, Any]) -> Roads:
    if int(file["form"]) != _FORM:
        raise ValueError(f"form {int(file['form'])}")
    south, west, north, east = (float(value) for value in file["box"])
    ints, floats = ({key: file[key] for key in keys} for keys in (_INTS, _FLOATS))
    if not all(one.dtype.kind in "iu" and one.ndim == 1 for one in ints.values()):
        raise ValueError("numbers that are not whole")
    if not all(one.dtype.kind == "f" for one in floats.values()):
        raise ValueError("no numbers")
    roads = Roads(
        name="".join(sign for sign in str(file["name"]) if sign.isprintable())[:200],
        box=(south, west, north, east),
        junctions=int(file["junctions"]),
        told={str(code): int(count) for code, count in json.loads(str(file["told"])).items()},
        **{key: one.astype(np.int64) for key, one in ints.items()},
        **{key: one.astype(np.float64) for key, one in floats.items()},
    )
    _sound(roads)
    return roads


def _sound(roads: Roads) -> None:
    edges, bans = len(roads.metres), len(roads.turn_whom)
    ends = np.concatenate([roads.start, roads.end])
    lat, lon = np.abs(roads.shape).T
    sound = (
        roads.told.keys() <= ASSUMPTIONS.keys()
        and 0 < roads.junctions <= 2 * edges
        and roads.start.shape == roads.end.shape == roads.metres.shape == (edges,)
        and roads.forward_s.shape == roads.backward_s.shape == (len(PROFILES), edges)
        and roads.shape_at.shape == (edges + 1,)
        and _cut(roads.shape_at, len(roads.shape))
        and roads.turn_at.shape == (bans + 1,)
        and _cut(roads.turn_at, len(roads.turn))
        and bool(((ends >= 0) & (ends < roads.junctions)).all())
        and bool(((roads.turn >= 0) & (roads.turn < 2 * edges)).all())
        and bool((lat <= 90).all() and (lon <= 180).all())
        and bool(((roads.metres >= 0) & (roads.metres <= _EDGE_M_MAX)).all())
        and bool((roads.forward_s >= 0).all() and (roads.backward_s >= 0).all())
    )
    if not sound:
        raise ValueError("its parts do not fit together")


def _cut(at: Ints, length: int) -> bool:
    """Whether it cuts so many into rows of two or more."""
    return bool(at[0] == 0 and at[-1] == length and (np.diff(at) >= 2).all())
