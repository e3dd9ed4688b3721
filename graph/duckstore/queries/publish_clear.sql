-- Takes the findings of the former run away.
DELETE FROM result.runs;
DELETE FROM result.communities;
DELETE FROM result.customers;
DELETE FROM result.risk_parts;
DELETE FROM result.memberships;
DELETE FROM result.preferences;
