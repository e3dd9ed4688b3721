-- The hashes that more than one good row has, of a few columns only: enough to
-- leave out most rows that are equal to no other. Grouping by a number of eight
-- bytes takes a fraction of the memory of grouping by all columns.
CREATE TEMP TABLE suspects AS
SELECT h FROM (SELECT hash({{.Telling}}) AS h FROM staged WHERE problem IS NULL)
GROUP BY h HAVING count(*) > 1
