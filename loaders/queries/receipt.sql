-- Stores a receipt.
INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates,
    rejected, first_at, last_at, seconds, notes, repeats, warnings, new_customers, new_products, replaced, in_place_of, covers)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, from_json(?, '["VARCHAR"]'))
