-- What a receipt tells of purchase lines: returns, those of them that cancel an
-- invoice, lines that cost less than quantity times price and by how much in all,
-- and those that cost more, with the first. Prices may be rounded to cents.
SELECT count(*) FILTER (quantity < 0),
    count(*) FILTER (cancelled),
    count(*) FILTER (beyond < -rounding),
    coalesce(CAST(sum(CAST(-beyond AS DECIMAL(38,4))) FILTER (beyond < -rounding) AS VARCHAR), '0'),
    count(*) FILTER (beyond > rounding),
    min(ord) FILTER (beyond > rounding)
FROM (
    SELECT rowid AS ord, quantity, cancelled, beyond, 0.0101 + 0.005 * abs(CAST(quantity AS DOUBLE)) AS rounding
    FROM staged
    WHERE problem IS NULL{{if not .}} AND quantity < 0{{end}}
)
