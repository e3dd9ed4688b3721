-- The attributes that customers have.
SELECT DISTINCT unnest(json_keys(nullif(attributes, ''))) AS attribute FROM events.customers ORDER BY attribute
