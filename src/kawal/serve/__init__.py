"""The hub: desk, door, live pages, watch and checkpoints in one process, on one port.

hub        the dispatcher (ASGI)
running    one hub per home: lock, database, hub.json
commands   kawal serve
"""
