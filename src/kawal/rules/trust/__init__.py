"""Whose signature counts: issuer keys, certificates and revocations, all of them entries of the log.

statements  what an issuer says, in its own kind of envelope (COSE_Sign1, type 65000)
requests    what a device asks its issuer: to be enrolled with a code, to be renewed
register    statements added up in the order of the log: keys of devices, and from where to where they count
"""
