-- Whose tie a weight fixed at a merged record is about is worked out where the graph is
-- merged, for both stores alike.
DROP VIEW people.corrections;
