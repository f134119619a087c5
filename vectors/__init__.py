"""Golden bytes, right and broken, that Python and JavaScript must judge alike."""
