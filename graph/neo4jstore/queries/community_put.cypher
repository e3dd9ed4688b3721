// Writes communities beside the current ones: [id, run, parent, level, size, density, risk, expected_loss, leader, disseminator].
UNWIND $rows AS r
MERGE (k:KithNextCommunity {id: r[0]})
SET k.run = r[1], k.parent = r[2], k.level = r[3], k.size = r[4], k.density = r[5], k.risk = r[6],
    k.expected_loss = r[7], k.leader = r[8], k.disseminator = r[9]
