"""How sure a plan is. Its inner loops are compiled on first use and kept, for exactly these sources.

Numba keeps what it compiled beside each file and asks that file alone whether it changed; what one file
takes from another would stay as it was, and a renamed value cannot even be read again. So all that belongs
together is kept together, under the hash of all its sources.
"""

import hashlib
from importlib.resources import files

from numba import config

_HERE = files(__name__)
_SOURCES = sorted((path.name, path.read_bytes()) for path in _HERE.iterdir() if path.name.endswith(".py"))
_HASH = hashlib.sha256(b"".join(source for _, source in _SOURCES)).hexdigest()[:16]
_KEPT = config.CACHE_DIR or str(_HERE / "__pycache__")  # type: ignore[attr-defined]
config.CACHE_DIR = f"{_KEPT}/compiled-{_HASH}"  # type: ignore[attr-defined]
