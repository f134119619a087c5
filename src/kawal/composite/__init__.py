"""Any composite index from a spec and a table, without desk or database (`kawal risk compute SPEC DATA`)."""
