"""The tamper-evident log: a Merkle tree of entries in the formats of C2SP.

tree         root, inclusion and consistency proofs (RFC 6962 and 9162)
tiles        the tree cut into tiles of 256 hashes: paths, widths, growth
bundles      entries as they are served
growing      the tree grown anew from the entries, tile by tile
checkpoint   what the log signs: its name, size and root
policy       whom one trusts: logs, witnesses and how many of them
proof        a file that proves one entry without asking anybody
receipt      such a proof that brings the entry along
slip         a receipt on paper: its text in at most two QR codes
witnessing   what a witness answers to a log that asks for a cosignature
"""
