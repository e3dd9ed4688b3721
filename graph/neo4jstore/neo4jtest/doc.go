// Package neo4jtest gives tests a real Neo4j Community server with an empty
// database, without Docker.
//
// Open hands out one of two servers of this machine's user, so that two packages
// can be tested at a time; the second starts only when a test finds the first in
// use. Whoever comes first resolves the server with Maven (about 140 MB, kept in
// the user's cache folder), gives it a fresh home in the temporary folder, free
// loopback ports and a random password, and starts it; the other tests of a run,
// in this package or in another, take it over. Only one test uses a server at a
// time, the rest wait for their turn, so that each finds an empty database and may
// do with the server what it likes: kill it, restart it, change its settings.
//
//	func TestSomething(t *testing.T) {
//		db := neo4jtest.Open(t)
//		driver, err := neo4j.NewDriverWithContext(db.URI, neo4j.BasicAuth(db.User, db.Password, ""))
//		…
//	}
//
// KITH_TEST_NEO4J=bolt://user:password@host:port names another server to use.
// It must be a server for tests: a database that holds data from elsewhere is
// refused, as Open empties it.
//
// # What is needed
//
// Java 17 or newer, as a JDK, and Maven on the PATH. A test is skipped where one
// of them is missing and KITH_TEST_NEO4J is not set, unless CI=true, where it
// fails.
//
// # No server is left behind
//
// The server's JVM runs Leash.java, which ends it when no test process is
// connected to it and the go command that started the tests is gone too. As the
// kernel closes connections, this holds for a test that panics and for one that
// is killed with -9.
//
// # Caveats
//
// The lock that gives tests their turn needs a Unix. A test binary that was not
// started by the go command finds its server gone some seconds after the last
// test that used it, and starts another.
package neo4jtest
