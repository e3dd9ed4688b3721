-- The span of the scores of a file that names no scale.
SELECT min(score), max(score) FROM staged WHERE problem IS NULL
