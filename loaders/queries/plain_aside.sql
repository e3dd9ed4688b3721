-- Puts the judged rows that are not plain aside, numbered from 0.
CREATE TEMP TABLE odd AS
SELECT row_number() OVER (ORDER BY rowid) - 1 AS k, * FROM staged;

DROP TABLE staged
