// Package persons keeps who is who in a data folder, so that each customer stands
// once: it lets package identity resolve the customers that were loaded, stores
// the people it finds with the evidence, and takes what people decide.
//
// Events and customers stay as they were loaded. What is kept beside them, in
// schema identity of the store, says for each record of a person with several
// which of them the person is known by; whatever makes a graph reads the events
// under that id (schema people). So a merge can always be taken back, and all is
// as before.
//
//	report, err := persons.Resolve(ctx, store, persons.Options{Region: "GB"})
//	evidence, err := persons.Explain(ctx, store, "crm-1", "shop-7")
//	_, err = persons.Split(ctx, store, persons.Decision{Records: []string{"shop-7"}, By: "ann", Why: "her brother"})
//
// A person is known by the id of one of its records: the one it was known by
// before, if it is still among them (where several people become one, that of
// whoever had the most of the records), and otherwise the first in byte order. So
// the id stays when records come to it or leave it. The other ids lead to the
// person wherever an id is asked for.
//
// Where the records of a person differ, the value that stands is chosen in SQL, by
// the rules of Options.Survive (table identity.survival), so that it follows every
// load without a resolution: the view people.attributes has all values, place 1 first.
//
// Telephone numbers are held, not merged. Where a customer's attributes or a file
// of numbers say who has a number and when, what happened under the number is the
// holder's of that time; a number that several people hold at a time, or nobody,
// stands for itself then.
//
// # Caveats
//
// Records that are loaded after a resolution stand for themselves until the next.
// A number that is not said to end is held for ever, so a second holder makes it
// shared from then on: files should say when a number was given up.
package persons
