"""Who does what in a rehearsal, in simulated time.

clockwork  people as generators that say until when, or for what, they wait
phone      signs in a chain of its own; uploads when it has a network
scene      everybody, what is ready for whom, and what goes wrong
packing    in the warehouse
trips      couriers and their vehicles
last_mile  the village, its stations, voting day, and back
deliver    the legal receipt, and what can go wrong there
hand_over  two people, two phones
escort     the escort's word
ways       how long a way really takes
play       all of it: play(orders) -> deeds
"""

from kawal.rehearsal.actors.phone import Deed
from kawal.rehearsal.actors.play import play

__all__ = ["Deed", "play"]
