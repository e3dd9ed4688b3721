-- The run whose findings are stored.
SELECT id, ended_at, as_of, seed, version, quality FROM result.runs
