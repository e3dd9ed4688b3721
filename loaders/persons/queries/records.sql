-- The customers by id, with the values of some attributes, and the ids that are
-- only in events and that somebody decided on, with none.
SELECT id, epoch_us(try_cast(seen AS TIMESTAMP)), epoch_us(try_cast(held_from AS TIMESTAMP)), epoch_us(try_cast(held_to AS TIMESTAMP))
    {{- range $i, $a := .Attributes}}, coalesce(v[{{add $i 1}}], ''){{end}}
FROM (
    SELECT id, json_extract_string(nullif(attributes, ''), {{.Pointers}}) AS v,
        {{.Seen}} AS seen, {{.From}} AS held_from, {{.To}} AS held_to
    FROM (
        SELECT id, attributes, import_id FROM events.customers
        UNION ALL
        SELECT id, '', 0 FROM (SELECT a AS id FROM identity.overrides UNION SELECT b FROM identity.overrides) ANTI JOIN events.customers USING (id)
    )
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
)
ORDER BY id
