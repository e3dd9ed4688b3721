// Package loaders reads files of calls, purchases, customers, products, visits,
// campaign contacts, satisfaction and departures into the event store, whatever their shape.
//
// CSV and TSV with any delimiter and in any encoding, files separated by blanks,
// JSON Lines and arrays of objects, plain or packed with gzip or zstd, Parquet,
// and queries on DuckDB databases go in; rows of the tables events.* come out,
// a receipt for each file, and its rejected rows with line, column and reason.
// Load does it, Receipts lists what was done.
//
// A text file is read twice. The first pass, in Go, takes its hash, counts its
// rows and finds those that cannot be read, with their lines (survey.go). The
// second is DuckDB's, on exactly the rows that can: where DuckDB might see others, as
// with blank lines, a quote that is never closed, JSON or another encoding, it is
// given a clean copy. The two counts must agree, so that a row is never lost in
// between. Everything is kept as text until a query of the kind (queries/*.sql)
// turns it into times and numbers, names what is wrong with a row, and leaves out
// what is there already (staging.go).
//
// Of files of calls the first pass reads the rows that are written plainly as well,
// and DuckDB gets them as numbers; only the others go the way above (plain.go). So
// it is with posted rows (stream.go, group.go, postplain.go). The queries are the
// rule, and what is read in Go comes to the same: docs/decisions/0012-plain-rows-in-go.md
// says when which way is taken, and what holds the two together.
//
// Package persons keeps who is who, by what package identity finds; package simulate
// makes up files to load.
//
// # What is accepted
//
// Ids are text of any characters but NUL, with blanks around them taken off and
// leading zeros, signs and 34.0 kept. A row is a duplicate when everything that
// is mapped is equal to an earlier row of this or another file; of customers
// and products the newest row of an id counts, what its file has no column for
// stays (docs/decisions/0013-columns-add-up.md), and a row that changes nothing is a
// duplicate. Times are in UTC unless they or the options name a zone. Money is
// exact: amounts have four decimals, quantities three, and what has more is
// rounded.
//
// # Caveats
//
// A row whose quotes do not match costs one line; lines behind it that belonged
// to it are judged as rows of their own. A row longer than 1 MB is rejected.
//
// Column types are not guessed from a sample, but the mapping, the form of times
// and the decimal comma are, from the first 2,000 rows; the receipt tells what
// was guessed. Rows that do not fit are rejected, never bent.
//
// A C before an invoice number cancels it only where most invoices are numbers.
//
// Loading takes one to two times the disk space of a packed or irregular file
// for the clean copy, which lies in the folder tmp of the data folder meanwhile.
package loaders
