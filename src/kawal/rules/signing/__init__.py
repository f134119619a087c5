"""Canonical bytes, hashes and signatures: the only room that touches cryptography.

codec     deterministic CBOR: one value has one encoding, anything else is refused
hashes    SHA-256 of leaves and nodes
keys      Ed25519 keys and their 8-byte ids
cose      COSE_Sign1 in the restricted profile KWE-1: sign once, keep the bytes, never re-encode
note      C2SP signed notes: what a log and its witnesses sign
"""
