-- What plain posted rows are put into, as the query of their kind stages others.
CREATE TEMP TABLE staged (
{{- if eq .Table "call_rows"}}
    caller UINTEGER, callee UINTEGER, time TIMESTAMP, kind VARCHAR, seconds BIGINT, answered BOOLEAN, received BOOLEAN,
{{- else if eq .Table "purchases"}}
    customer VARCHAR, product VARCHAR, time TIMESTAMP, basket VARCHAR, quantity DECIMAL(18,3), amount DECIMAL(18,4),
{{- else}}
    customer VARCHAR, session VARCHAR, product VARCHAR, page VARCHAR, time TIMESTAMP, seconds BIGINT,
{{- end}}
    problem VARCHAR
)
