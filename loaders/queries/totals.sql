-- How the rows of the file came out, and the span of the good ones.
SELECT count(*),
    count(*) FILTER (coalesce(problem, 'aside') = 'aside'),
    count(*) FILTER (starts_with(problem, 'duplicate')),
    {{if .Timed}}min(time) FILTER (coalesce(problem, 'aside') = 'aside'), max(time) FILTER (coalesce(problem, 'aside') = 'aside')
    {{- else}}NULL, NULL{{end}}
FROM staged
