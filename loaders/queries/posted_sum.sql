-- The span of the good rows, and the sums of two halves of their hashes, which are
-- those of the ids, as their numbers mean nothing.
SELECT min(time), max(time),
    CAST(coalesce(sum(md5_number_upper(content)), 0) AS VARCHAR), CAST(coalesce(sum(md5_number_lower(content)), 0) AS VARCHAR)
FROM (
    SELECT time, CAST(to_json(struct_pack({{.Columns}})) AS VARCHAR) AS content FROM {{if eq .Table "call_rows"}}(
        SELECT s.* REPLACE (f.id AS caller, t.id AS callee) FROM staged AS s JOIN ends AS f ON f.n = s.caller JOIN ends AS t ON t.n = s.callee
    ){{else}}staged{{end}} WHERE problem IS NULL
    {{- if eq .Table "call_rows"}}
    UNION ALL
    SELECT time, CAST(to_json(struct_pack(customer := witness, seconds, bytes, time)) AS VARCHAR) FROM staged WHERE problem = 'aside'
    {{- end}}
)
