// Communities do not name somebody who is gone as their leader.
MATCH (k:Community)
WHERE k.leader IN $ids OR k.disseminator IN $ids
SET k.leader = CASE WHEN k.leader IN $ids THEN null ELSE k.leader END,
    k.disseminator = CASE WHEN k.disseminator IN $ids THEN null ELSE k.disseminator END
