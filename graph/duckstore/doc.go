// Package duckstore is the embedded store: events, the graph summed from them
// and the findings of the current run, in one DuckDB file.
//
// A data folder holds kith.duckdb, which is the data; kith.lock, which says who
// has it open; and, while somebody works, kith.duckdb.wal with what has been
// committed since the last checkpoint, kith.undo with what a checkpoint under way
// writes over, and kith.tmp with what did not fit in memory.
// The loaders write the tables of schema events through Update; an analysis
// reads them with Span, Source and Departures, sums the ties of a window into
// schema graph with Sync, reads the network with Read, and puts what it found
// into schema result with Publish.
//
// What tables there are, and what stands in them, is in schema/*.sql, of which new
// databases are made. Older ones come to the same by the steps in migrations/*.sql:
// one that has been released never changes, and whoever adds one brings the schema up
// to date with it.
//
// # Caveats
//
// One process at a time may have the folder open for writing, or several for
// reading; a lock that the operating system drops with the process sees to it,
// so that kill -9 leaves nothing to clean up. Close the store before its file is
// moved or copied, and copy the folder whole: what is only in kith.duckdb.wal has
// been committed too, and after a kill the file may need kith.undo to be read. Let
// nothing else open the file for writing then, such as the shell of DuckDB.
//
// One writer at a time: whoever changes a table goes through Update, or holds
// no transaction that writes while another does. Readers never wait, and see
// the state before or after a change.
//
// After the disk has filled up the database may refuse all work until the store
// is closed and opened again; the former state is then there unharmed.
//
// Ids are text of any bytes that are UTF-8. DuckDB refuses text that is not.
package duckstore
