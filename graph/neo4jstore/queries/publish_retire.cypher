// Takes the label from the communities of the former run. One that no run made is somebody else's.
MATCH (k:Community)
WHERE k.run IS NOT NULL
REMOVE k:Community
SET k:KithFormerCommunity
