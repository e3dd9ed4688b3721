// Whether a former write-back has left its run, and whether the labels that it would use are somebody else's.
RETURN EXISTS { MATCH (:RUN) } AS ours,
    EXISTS { MATCH (k) WHERE k:COMMUNITY OR k:NEXT OR k:FORMER } AS taken
