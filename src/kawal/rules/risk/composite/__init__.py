"""A composite index in the ten steps of OECD/JRC, Handbook on Constructing Composite Indicators (2008).

 1 framework        framework (what an index is), read from a spec by reading, tree, indicator_reading
 2 data             data, numbers
 3 missing data     missing; outliers
 4 multivariate     multivariate
 5 normalisation    normalise, for a whole table by prepare
 6 weights, means   weights; aggregate, outranking; all together: compute
 7 robustness       checks (what might be otherwise), robustness (how often), sensitivity (which matters)
 8 back to the data contributions (`Climbed.parts`), marks of what was done to a value
 9 links            correlations with the score, in multivariate
10 presentation     classify, rollup; numbered notices, whose words stand at the edge
"""
