// Package simulate writes the files of a made-up telecom operator together with
// the truth about them: who belongs together, who leads, who infected whom.
//
// Options go in; out come customers.csv, products.csv, calls.csv, purchases.csv
// and churn.csv in one folder, as an operator would export them, with duplicates
// and dirty rows in a known number, and the folder truth/ with what a method
// should find. The same Options give the same bytes, whatever the number of
// threads.
//
//	report, err := simulate.Write(ctx, "data/demo", simulate.Options{Customers: 20000, Days: 90, Contagion: true})
//
// The operator has customers in communities of 8 to 150, the communities in
// cities and the cities in regions. Some customers are in two communities.
// Within a community ties are many and strong and close into triangles; between
// communities they are few and weak. Each community has a leader, whom the others
// call, a disseminator, who calls the others, and products of its own taste.
// Customers call by day and by week in the rhythm of their kind, call less in the
// three weeks before they leave, and neither call nor are called afterwards.
//
// Files are written under names that end in .part and renamed when all are
// whole: an interrupted run leaves no half file under a final name. It cannot be
// resumed; running it again starts over.
//
// # Caveats
//
// Numbers of customers begin with +999, a range that no country uses, but look
// like telephone numbers.
//
// The same Options give the same bytes on one kind of processor. Compilers for
// others may fuse multiplications and additions, which can move a rounded number.
//
// How ready a customer is to leave depends on nothing that neighbours share, so
// that with contagion off a churned neighbour says nothing. Real data is not so
// kind.
//
// Two simulations into one folder at the same time spoil each other.
//
// The simulator knows no call centres, no short numbers and no customers who join
// in between.
package simulate
