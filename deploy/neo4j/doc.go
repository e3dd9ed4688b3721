// Package neo4j is what kith gives to analysts who work in Neo4j Browser: a style
// sheet, a guide, and queries to keep as favourites.
//
// The files stand on their own, so that any web server can serve them; kith
// serves them below /browser. In Neo4j Browser type
//
//	:style http://localhost:8080/browser/style.grass
//	:guide http://localhost:8080/browser/guide.html
//
// and import the favourites, which are plain .cypher files, in its drawer of
// favourites.
//
// # Caveats
//
// Neo4j Browser takes :style and :guide from the hosts only that its server lists
// in browser.remote_content_hostname_whitelist; localhost is one unless another is
// listed. It draws 300 nodes at most, so every query limits itself. GraSS has no
// comments, and an empty line of a favourite would end it in cypher-shell.
//
// Favourites take parameters; the first of them sets them all from the graph.
package neo4j
