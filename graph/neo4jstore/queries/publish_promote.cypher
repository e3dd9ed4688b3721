// Makes the communities current that were written beside.
MATCH (k:KithNextCommunity)
REMOVE k:KithNextCommunity
SET k:Community
