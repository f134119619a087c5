"""The witness: an agency that trusts no hub remembers what each log has shown, and cosigns it.

state      one SQLite file: who this witness is, which logs it watches, what it cosigned last
cosigning  what is answered to a log that asks (C2SP tlog-witness): checked and stored in one step
mirror     a copy of a log, pulled and verified, that anybody may read when the hub is gone
watching   pull, verify every entry, alarm or cosign
app        the witness over HTTP
commands   kawal witness

No Django and no desk: it runs where only `pip install kawal` was done.
"""
