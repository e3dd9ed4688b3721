package neo4jstore

import (
	"fmt"
	"regexp"
	"strings"
)

// found are the properties that a write-back sets on a customer, without prefix.
var foundNames = []string{
	"run", "community", "role", "core", "pagerank", "authority", "dissemination", "own_value",
	"susceptibility", "churn_risk", "gone", "risk_own", "risk_other", "risk_from", "risk_parts",
}

// backNames are the names under which results stand in somebody's graph.
type backNames struct {
	prefix                               string
	community, next, former, run, lock   string // labels
	member, prefers                      string // types
	oneRun, oneLock, oneNext, oneCurrent string // constraints
}

var plainPrefix = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,30}$`)

func namesFor(prefix string) (n backNames, err error) {
	if prefix == "" {
		prefix = "kith_"
	}
	if !plainPrefix.MatchString(prefix) {
		return n, fmt.Errorf("the prefix %.60q will not do: use up to 31 letters, digits and underscores, a letter first", prefix)
	}
	var camel strings.Builder
	for part := range strings.SplitSeq(prefix, "_") {
		if part != "" {
			camel.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	c, upper := camel.String(), strings.ToUpper(strings.Trim(prefix, "_"))+"_"
	return backNames{
		prefix: prefix, community: c + "Community", next: c + "CommunityNext", former: c + "CommunityFormer", run: c + "Run", lock: c + "WriteLock",
		member: upper + "MEMBER_OF", prefers: upper + "PREFERS",
		oneRun: prefix + "back_run", oneLock: prefix + "back_lock", oneNext: prefix + "back_next", oneCurrent: prefix + "back_community",
	}, nil
}

// query is the text of a query with these names in it; id is the property by which
// the mapped nodes of the query are known.
func (n backNames) query(name, id string) string {
	return strings.NewReplacer(":COMMUNITY", ":"+n.community, ":NEXT", ":"+n.next, ":FORMER", ":"+n.former, ":RUN", ":"+n.run,
		":MEMBER", ":"+n.member, ":PREFERS", ":"+n.prefers, ".ID", "."+cypherName(id)).Replace(query(name))
}
