-- Removes old events; those without a time stay.
DELETE FROM {{.Table}} WHERE {{.Past}}
