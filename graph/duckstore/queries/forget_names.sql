-- The ids of the person; word is the pattern of one that stands by itself. One
-- that is short may stand in a text for an age, a price or a count.
CREATE OR REPLACE TEMP TABLE forget_names (name VARCHAR NOT NULL, word VARCHAR NOT NULL, telling BOOLEAN NOT NULL)
