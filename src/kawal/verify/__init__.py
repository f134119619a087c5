"""The outsider's verifier: trusts nobody but a policy file and, if there are any, old checkpoints.

It needs the rules and the standard library, no desk and no database, so that a court, a party or an
observer can run what the hub runs and see whether the answer is the same.
"""
