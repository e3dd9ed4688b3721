-- The customers by id, with the values of some attributes.
SELECT id, epoch_us(try_cast(seen AS TIMESTAMP)), epoch_us(try_cast(held_from AS TIMESTAMP)), epoch_us(try_cast(held_to AS TIMESTAMP))
    {{- range $i, $a := .Attributes}}, coalesce(v[{{add $i 1}}], ''){{end}}
FROM (
    SELECT id, json_extract_string(nullif(attributes, ''), {{.Pointers}}) AS v,
        {{.Seen}} AS seen, {{.From}} AS held_from, {{.To}} AS held_to
    FROM events.customers
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY import_id DESC, attributes DESC) = 1
)
ORDER BY id
