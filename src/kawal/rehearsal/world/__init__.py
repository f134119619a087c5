"""A fictional regency by seed, as files that the desk imports like any other.

noise     one smooth wobble for coasts, rivers and borders
land      where is land: coast, hills, river, delta
villages  which villages and districts share it
people    who lives there, and what stands in the way
names     what they are called
write     the files
build     all of it: build(seed, folder) -> World
"""

from kawal.rehearsal.world.build import AREA, World, build

__all__ = ["AREA", "World", "build"]
