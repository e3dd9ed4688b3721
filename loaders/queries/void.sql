-- Puts lines without a state of their own aside where their order was void. It runs
-- before lines are compared with others.
UPDATE staged SET problem = 'aside'
WHERE (problem IS NULL OR problem <> 'aside') AND state IS NULL AND basket <> ''
    AND basket IN (SELECT basket FROM staged WHERE state = 'void' AND problem = 'aside')
