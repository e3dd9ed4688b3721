-- How the rows of the file came out, and the span of the good ones.
SELECT count(*),
    count(*) FILTER (problem IS NULL),
    count(*) FILTER (starts_with(problem, 'duplicate')),
    {{if .Timed}}min(time) FILTER (problem IS NULL), max(time) FILTER (problem IS NULL)
    {{- else}}NULL, NULL{{end}}
FROM staged
