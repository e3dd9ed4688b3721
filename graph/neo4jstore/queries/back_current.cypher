// Makes run $id current.
MATCH (r:RUN {slot: 1})
WITH r, r.labels AS labels
SET r = $properties, r.slot = 1, r.labels = labels, r.filling = true
