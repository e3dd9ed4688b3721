-- Forgets the keys of the batches that count in the import {{.}}, or in posts that
-- left rows out because of it, so that these may be sent again.
DELETE FROM events.posts
WHERE list_has_any(CAST(json_extract(receipt, '$.imports') AS INTEGER[]), (
    SELECT list(id) FROM (SELECT {{.}} AS id UNION ALL SELECT import_id FROM events.repeated WHERE earlier = {{.}})
))
