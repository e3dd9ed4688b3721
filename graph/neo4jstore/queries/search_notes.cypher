// How many notes of changes there are, which are packed and cannot be searched.
MATCH (n:KithChange) RETURN count(n) AS notes
