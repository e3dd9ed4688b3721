-- Contacts with others, by direction.
WITH mine AS (
    SELECT *, caller = $1 AS mine FROM people.calls_of($1)
    WHERE caller <> callee AND (time IS NULL OR (time >= make_timestamp($2) AND time < make_timestamp($3)))
)
SELECT
    count(*) FILTER (mine AND kind <> 'message'), count(*) FILTER (mine AND kind <> 'message' AND NOT answered),
    count(*) FILTER (mine AND kind = 'message'), CAST(coalesce(sum(seconds) FILTER (mine), 0) AS DOUBLE) / 60,
    count(*) FILTER (NOT mine AND kind <> 'message'), count(*) FILTER (NOT mine AND kind <> 'message' AND NOT answered),
    count(*) FILTER (NOT mine AND kind = 'message'), CAST(coalesce(sum(seconds) FILTER (NOT mine), 0) AS DOUBLE) / 60,
    count(DISTINCT CASE WHEN mine THEN callee ELSE caller END), min(time), max(time)
FROM mine
