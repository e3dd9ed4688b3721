-- The numbers by which calls name the person, and those of the person's nodes.
CREATE OR REPLACE TEMP TABLE forget_numbers AS
SELECT n FROM events.ids WHERE id IN (SELECT name FROM temp.forget_names);

CREATE OR REPLACE TEMP TABLE forget_nodes AS
SELECT n FROM graph.customers WHERE id IN (SELECT name FROM temp.forget_names)
