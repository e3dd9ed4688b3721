-- The scores of a file as they are written, with the number of rows.
SELECT answer, count(*)
FROM (SELECT {{.Text "score"}} AS answer FROM {{.Source}})
WHERE answer <> '' AND strlen(answer) <= {{.Longest}}
GROUP BY answer
