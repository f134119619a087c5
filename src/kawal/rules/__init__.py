"""The rules, in the order of the work. Pure: no web, clock, disk, network or language.

signing   canonical bytes, hashes, signatures: the only cryptography
ledger    the append-only log as arithmetic: tree, tiles, checkpoints
places    areas, sites and stations; numbered notices about bad data
needs     how many of what, where, and why that number
risk      how a delivery could go wrong here, with reasons
plan      trips, escorts, latest safe departures
custody   signed events -> who holds each parcel, and what does not fit
watch     plan + standing + now -> signs, alerts, escalation
"""
