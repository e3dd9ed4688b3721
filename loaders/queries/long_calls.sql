-- Voice calls that last longer than {{.Seconds}} seconds: how many, and the first row.
SELECT count(*), min(rowid) FROM staged WHERE problem IS NULL AND kind = 'voice' AND seconds > {{.Seconds}}
