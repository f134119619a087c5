"""What leaves the house: shapes that outlive it.

archive    one file that proves a distribution to a court without Kawal
"""
