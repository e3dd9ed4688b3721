-- The span of the good rows, and the sums of two halves of their hashes.
SELECT min(time), max(time),
    CAST(coalesce(sum(md5_number_upper(content)), 0) AS VARCHAR), CAST(coalesce(sum(md5_number_lower(content)), 0) AS VARCHAR)
FROM (SELECT time, CAST(to_json(struct_pack({{.Columns}})) AS VARCHAR) AS content FROM staged WHERE problem IS NULL)
