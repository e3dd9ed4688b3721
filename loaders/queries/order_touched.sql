-- Lists the lines of orders of which some import says something: those of the import
-- {{.Import}}, or all where it came in the place of another.
CREATE TEMP TABLE touched AS
SELECT customer, product, basket FROM events.order_states{{if eq .Import .Turn}} WHERE import_id = {{.Import}}
UNION
SELECT customer, product, basket
FROM (SELECT * FROM events.purchase_lines WHERE import_id = {{.Import}}) SEMI JOIN events.order_states USING (customer, product, basket){{else}} GROUP BY ALL{{end}}
