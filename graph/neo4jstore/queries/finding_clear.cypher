// Removes what a former run found about customers of whom the current one says nothing.
MATCH (s:KithState {id: 1})
MATCH (c:Customer)
WHERE c.run <> s.run
CALL (c) {
    REMOVE c.run, c.community, c.role, c.core, c.pagerank, c.authority, c.dissemination, c.susceptibility, c.churn_risk, c.own_value,
        c.gone, c.risk_own, c.risk_other, c.risk_from, c.risk_parts, c.aliases
} IN TRANSACTIONS OF 10000 ROWS
