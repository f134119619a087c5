"""What outlives a disk: backups that prove themselves, and a log that goes on after one was lost.

ledger      kawal ledger recover
commands    kawal backup, kawal restore
words       why not
"""
