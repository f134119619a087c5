"""The network of an area in one file (NumPy's npz): built once from the extract, read by every plan."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

from kawal.desk.plan.journey.travel_words import ASSUMPTIONS
from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.roads import Roads
from kawal.rules.refusals import Refused

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
    """Refuses `wrong_roads` for what `save` did not write."""
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if int(file["form"]) != _FORM:
                raise ValueError(f"form {int(file['form'])}")
            south, west, north, east = (float(value) for value in file["box"])
            roads = Roads(
                name=str(file["name"]),
                box=(south, west, north, east),
                junctions=int(file["junctions"]),
                told={str(code): int(count) for code, count in json.loads(str(file["told"])).items()},
                **{key: file[key] for key in _ARRAYS},
            )
            _sound(roads)
            return roads
    except (ValueError, KeyError, TypeError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise Refused("wrong_roads", file=path.name, problem=str(error)) from error


def _sound(roads: Roads) -> None:
    edges = len(roads.metres)
    ends = np.concatenate([roads.start, roads.end])
    sound = (
        roads.told.keys() <= ASSUMPTIONS.keys()
        and roads.start.shape == roads.end.shape == roads.metres.shape == (edges,)
        and roads.forward_s.shape == roads.backward_s.shape == (len(PROFILES), edges)
        and roads.shape.shape == (roads.shape_at[-1], 2)
        and roads.shape_at.shape == (edges + 1,)
        and roads.shape_at[0] == 0
        and bool((np.diff(roads.shape_at) >= 2).all())
        and bool(((ends >= 0) & (ends < roads.junctions)).all())
        and bool(np.isfinite(roads.metres).all() and np.isfinite(roads.shape).all())
        and bool((roads.metres >= 0).all() and (roads.forward_s >= 0).all() and (roads.backward_s >= 0).all())
    )
    if not sound:
        raise ValueError("its parts do not fit together")
