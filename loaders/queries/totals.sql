-- How the rows of the file came out, and the span of the good ones.
SELECT count(*),
    count(*) FILTER (coalesce(problem, 'usage') = 'usage'),
    count(*) FILTER (starts_with(problem, 'duplicate')),
    {{if .Timed}}min(time) FILTER (coalesce(problem, 'usage') = 'usage'), max(time) FILTER (coalesce(problem, 'usage') = 'usage')
    {{- else}}NULL, NULL{{end}}
FROM staged
