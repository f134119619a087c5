"""Kawal: one record of election logistics, from voter list to proven delivery."""

__version__ = "0.1.0"
