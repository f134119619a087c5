"""What time the desk takes as now: the real one, or that of a running exercise."""
