// Whether writers have left something that does not count (any more).
RETURN EXISTS { MATCH (:KithChange) } AS changes, EXISTS { MATCH (:KithNextCommunity) } AS next
