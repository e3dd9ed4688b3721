-- The person that an id stands for: a record's, the holder's of a number before
-- the end of the window, or the id itself.
SELECT coalesce(
    (SELECT min(person) FROM identity.records WHERE record = $1),
    (SELECT arg_max(person, from_at) FROM identity.holders WHERE id = $1 AND from_at < make_timestamp($2)),
    $1)
