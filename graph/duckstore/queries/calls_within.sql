-- The calls of a window under the persons that the ids stand for, which are of schema
-- events where no id stands for another, also those of a person to itself: $1 and $2 are its bounds in microseconds. Of the callers only
-- each $3-rd from $4 on counts, so that the others can be summed at another time.
SELECT caller, callee, time, what
FROM {{.}}.call_rows
WHERE (time IS NULL OR (time >= make_timestamp($1::BIGINT) AND time < make_timestamp($2::BIGINT)))
  AND ($3::BIGINT = 1 OR caller % $3::BIGINT = $4::BIGINT)
