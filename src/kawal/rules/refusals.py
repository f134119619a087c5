"""Refusal: somebody asks for what may not be. Raised before anything is saved.

Three kinds of wrong are never mixed. A *bug* crashes. A *refusal* is raised with a code and facts;
the desk turns the code into words in two languages, the door into an HTTP status. A *finding* (the
world broke a rule) is returned, stored and shown, never raised.
"""

from __future__ import annotations

from typing import Final


class Refused(Exception):
    """`code` is a stable lower_snake word; `facts` are plain values that explain this one case."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code: Final = code
        self.facts: Final = facts
        told = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{code}: {told}" if told else code)
