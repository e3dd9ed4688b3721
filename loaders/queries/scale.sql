-- Writes down the scale that was found.
UPDATE staged SET lowest = {{.Lowest}}, highest = {{.Highest}} WHERE score IS NOT NULL
