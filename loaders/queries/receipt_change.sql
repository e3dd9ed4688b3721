-- Stores a receipt again that has been added to.
UPDATE events.imports SET loaded_at = ?, hash = ?, bytes = ?, rows = ?, accepted = ?, duplicates = ?, rejected = ?,
    first_at = ?, last_at = ?, seconds = ?
WHERE id = ?
