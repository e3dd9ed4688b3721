SELECT record FROM identity.records WHERE person = $1 ORDER BY record
