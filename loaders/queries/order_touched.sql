-- Lists the lines of orders of which the import said something, or of which any did.
CREATE TEMP TABLE touched AS
SELECT DISTINCT customer, product, basket FROM events.order_states{{if eq .Import .Turn}} WHERE import_id = {{.Import}}{{end}}
