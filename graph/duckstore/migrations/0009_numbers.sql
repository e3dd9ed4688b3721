-- Files of numbers are loaded like others: the time of a row is when it begins to
-- hold. NULL: since ever.
ALTER TABLE events.numbers RENAME COLUMN from_at TO time;
