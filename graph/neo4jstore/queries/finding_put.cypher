// Writes what the current run found about customers: [id, community, role, core, pagerank, authority, dissemination,
// susceptibility, churn_risk, own_value, gone, risk_own, risk_other, risk_from, risk_parts, aliases]. A customer that the
// graph lacks is left out and not counted. Of whom something was found is nobody else's record (any more).
MATCH (s:KithState {id: 1})
WITH s.run AS run
UNWIND $rows AS r
MATCH (c:Customer {id: r[0]}) USING INDEX SEEK c:Customer(id)
SET c.run = run, c.community = r[1], c.role = r[2], c.core = r[3], c.pagerank = r[4], c.authority = r[5],
    c.dissemination = r[6], c.susceptibility = r[7], c.churn_risk = r[8], c.own_value = r[9],
    c.gone = r[10], c.risk_own = r[11], c.risk_other = r[12], c.risk_from = r[13], c.risk_parts = r[14], c.aliases = r[15], c.person = null
RETURN count(*) AS found
