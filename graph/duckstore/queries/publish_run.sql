-- $1 id, $2 end, $3 end of the window or NULL, $4 seed as text, which alone carries all 64 bits through database/sql,
-- $5 version, $6 quality.
INSERT INTO result.runs (id, ended_at, as_of, seed, version, quality)
VALUES ($1, $2, $3, $4::VARCHAR::UBIGINT, $5, $6)
