-- Stores the data sessions among the staged rows, which name their customer as the
-- witness, but for those that stand twice or are stored.
UPDATE staged SET problem = 'duplicate|the same as an earlier row of the file'
FROM (
    SELECT rowid AS ord, row_number() OVER (PARTITION BY witness, time, seconds, bytes ORDER BY rowid) AS n
    FROM staged
    WHERE problem = 'aside'
) AS repeats
WHERE staged.rowid = repeats.ord AND n > 1;

UPDATE staged SET problem = 'duplicate|loaded before from another file|' || e.import_id
FROM events.usage AS e
WHERE staged.problem = 'aside' AND e.customer = staged.witness AND e.seconds = staged.seconds
    AND e.time IS NOT DISTINCT FROM staged.time AND e.bytes IS NOT DISTINCT FROM staged.bytes;

INSERT INTO events.usage (customer, time, seconds, bytes, import_id)
SELECT witness, time, seconds, bytes, {{.}} FROM staged WHERE problem = 'aside'
