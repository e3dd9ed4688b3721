-- How often the time goes back from one row to the next, how often by more than
-- a day, and the first such row.
SELECT count(*) FILTER (step < 0), count(*) FILTER (step < -86400000000), min(ord) FILTER (step < -86400000000)
FROM (SELECT rowid AS ord, epoch_us(time) - lag(epoch_us(time)) OVER () AS step FROM staged WHERE coalesce(problem, 'aside') = 'aside')
