// Package neo4jstore is the graph.Store of production: the network and what runs
// found about it live in a Neo4j 5 server, where analysts work with them. Nodes
// and ties go in over Bolt in batches by several workers, graph.Network comes out
// by several readers, findings are written back beside the former ones.
//
//	s, err := neo4jstore.Open(ctx, "neo4j://db.example:7687", neo4jstore.Options{
//		User: "kith", PasswordFile: "/run/secrets/neo4j_password",
//	})
//
// # What stands in the graph
//
//	(:Customer {id, kith, attributes, and each simple attribute by its name;
//	    after a run: aliases, run, community, role, core, pagerank, authority, dissemination, susceptibility, own_value,
//	    churn_risk = risk_own + the sum of risk_parts, each by the one in risk_from, + risk_other; gone for those who left})
//	(:Product {id, kith, name, category, price, available_from, available_to})
//	(:Customer)-[:CALLED {weight, calls, messages, seconds, first, last}]->(:Customer)
//	(:Customer)-[:BOUGHT {weight, times, quantity, amount, first, last}]->(:Product)
//	(:Customer)-[:VIEWED {weight, views, dwell_s, first, last}]->(:Product)
//	(:Community {id, run, parent, level, size, density, risk, expected_loss, leader, disseminator})
//	(:Customer)-[:MEMBER_OF {degree, core, leader}]->(:Community)
//	(:Community)-[:PREFERS {supporters, support, lift, lift_low}]->(:Product)
//	(:Run {id, at, as_of, seed, version, quality, and each figure of quality})
//
// A property that is unknown is absent. aliases are further ids of a customer. kith is
// true where kith has put the node there: Sync removes it with all its relationships
// when the source has it no more. One that others have given labels, properties or
// relationships stays with these and its id, as KithFormerCustomer or KithFormerProduct,
// until the source has it again. Nodes that others made it never removes.
//
// An analyst who knows better than the
// source sets fixed_weight on a tie; it wins over weight, survives every Sync,
// and is a tie of its own where the source has none. 0 says that there is no tie:
//
//	MATCH (a:Customer {id: "ann"}), (b:Customer {id: "bob"})
//	MERGE (a)-[r:CALLED]->(b) SET r.fixed_weight = 40
//
// It also keeps its ends when the source has them no more: of such a node nothing but
// the id is left, kith is false, and person, if there is one, has the id of the
// customer whose record it is. It counts as long as a weight above 0 is fixed at it.
//
// Labels that begin with Kith are this package's own: KithState and KithMigration
// have a handful of nodes, KithFormerCustomer and KithFormerProduct those that have left,
// and the others have some while something is being written.
//
// # All or nothing
//
// Neo4j holds a transaction in memory, so a network does not fit into one. Sync
// compares the source with what is stored and notes the differences down, as
// KithChange nodes that nobody looks at. One small transaction makes them count;
// then they are rolled forward, each batch in a transaction that also removes
// its note. A process that ends before the small transaction has changed nothing;
// what one leaves behind that ends after it is rolled forward by whoever writes
// or reads next. Read gives the network before or after, whatever happens
// meanwhile. Publish does the same, with communities, memberships and preferences
// written beside the former ones, and swapped by the small transaction, which
// changes the labels of communities.
//
// What nobody sees yet is written once, without such notes: the first load, and what
// Publish writes beside. While a first load is under way, and when it breaks off,
// Read gives the empty network, and the next Sync goes on where it ended. Each
// batch leaves a mark in its transaction, so that none is made twice.
//
// Writers take turns, across processes, by a lock on the KithWriter node that
// lasts as long as the small transaction is open. The server gives it back when
// the writer's connection ends.
//
// # A graph that is somebody else's
//
// A Visitor reads a graph with labels, types and properties of its own, by a
// GraphMap that says what stands for what. It opens its transactions for reading
// and needs no schema of kith's:
//
//	v, err := neo4jstore.Visit("neo4j://db.example:7687", neo4jstore.Options{User: "kith", Password: "…"})
//	schema, err := v.Schema(ctx)
//	text, err := schema.Guess() // a map to start from
//	m, err := neo4jstore.ReadMap("map.yaml")
//	reading, err := v.Read(ctx, m, nil)
//	_, err = v.WriteBack(ctx, m, reading, findings, neo4jstore.WriteBackOptions{}, nil) // only if wanted
//
// # Caveats
//
// An analyst's query sees half a network while a first load is under way; then it
// may see some ties before and some after while a Sync rolls
// forward, and likewise the properties of customers during Publish; Customer.run
// says which run they come from. Communities, memberships and preferences are
// those of one run, in every query that names the label Community.
//
// Ids are at most 8,000 bytes long, as an index of Neo4j takes no more, and other
// texts, such as attributes, 256 kB. Times are kept to the microsecond. Sync holds 16 bytes for each stored tie, 8 for each
// new one, and the ids of all nodes; it does not hold the source.
package neo4jstore
