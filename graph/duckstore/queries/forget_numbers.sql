-- The numbers by which calls name the person.
CREATE OR REPLACE TEMP TABLE forget_numbers AS
SELECT n FROM events.ids WHERE id IN (SELECT name FROM temp.forget_names)
