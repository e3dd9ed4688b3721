-- Takes those whom nobody names any more out of people. One who was known by such an
-- id is known by the first of the others.
DELETE FROM identity.records WHERE record IN (SELECT id FROM unnamed WHERE what = 'customer');

UPDATE identity.records SET person = others.person
FROM (SELECT person AS former, min(record) AS person FROM identity.records GROUP BY former) AS others
WHERE records.person = others.former AND records.person IN (SELECT id FROM unnamed WHERE what = 'customer');

DELETE FROM identity.records WHERE person IN (SELECT person FROM identity.records GROUP BY person HAVING count(*) = 1);

DELETE FROM identity.links WHERE a IN (SELECT id FROM unnamed WHERE what = 'customer') OR b IN (SELECT id FROM unnamed WHERE what = 'customer');

DELETE FROM identity.numbers WHERE record IN (SELECT id FROM unnamed WHERE what = 'customer')
