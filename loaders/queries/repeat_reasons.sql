-- Why rows are duplicates, the most frequent reason first.
SELECT split_part(problem, '|', 2) AS reason, count(*) AS n
FROM staged
WHERE starts_with(problem, 'duplicate')
GROUP BY reason
ORDER BY n DESC, reason
