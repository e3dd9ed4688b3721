-- Notes in a receipt that the import was taken back.
UPDATE events.imports SET undone_at = ? WHERE id = ?
