// Package churn says who is likely to leave because others have left: the
// energy of departures is spread over ties, set against what would have come by
// chance, and taken apart into what each departure contributes.
//
// What goes in is an immutable graph.Graph of dense vertices and the vertices
// that have departed; for houses that don't record departures Silence finds
// them in the times of events. What comes out are columns of numbers, one per
// vertex, and receipts that add up to them. Evaluate measures a score against
// who left in the end.
//
// # Caveats
//
// Raw energy follows degree: the busy receive the most, and leave the least. On
// real messages it ranks customers worse than chance. Show Risk, not Energy.
//
// A high risk by ties doesn't prove that leaving is contagious. Friends leave
// together for common reasons too; and a customer's own silence usually says
// more than the friends do.
package churn
