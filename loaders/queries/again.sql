-- The import of the same file in the same way, if there was one.
SELECT min(id) FROM events.imports WHERE kind = ? AND hash = ? AND mapping = ?
