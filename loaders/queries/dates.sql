-- How many dates can only have the day first, because their first number is no
-- month, and how many can only have the month first.
SELECT count(*) FILTER (a BETWEEN 13 AND 31 AND b BETWEEN 1 AND 12),
       count(*) FILTER (b BETWEEN 13 AND 31 AND a BETWEEN 1 AND 12)
FROM (
    SELECT try_cast(split_part({{.Text}}, {{.Sep}}, 1) AS INTEGER) AS a,
           try_cast(split_part({{.Text}}, {{.Sep}}, 2) AS INTEGER) AS b
    FROM {{.Source}}
)
