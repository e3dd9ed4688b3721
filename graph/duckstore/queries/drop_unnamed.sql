-- Removes the ids that no call names any more.
DELETE FROM events.ids
WHERE n NOT IN (SELECT caller FROM events.call_rows UNION ALL SELECT callee FROM events.call_rows
    UNION ALL SELECT caller FROM events.call_twins UNION ALL SELECT callee FROM events.call_twins)
