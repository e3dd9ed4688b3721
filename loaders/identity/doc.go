// Package identity finds out which records are of one person, so that each
// customer stands once: entity resolution, also called record linkage or
// deduplication.
//
// Records with names, telephone numbers, e-mail addresses, birth dates and
// addresses go in, in columns of text as they came from any number of files.
// Out come clusters of records, one for each person, with the evidence for every
// merge: what each field of two records weighs, in bits, and how that adds up to
// a probability. Resolve does it all: it brings values into a normal form,
// chooses pairs to compare by blocking rules within a budget, learns a model after
// Fellegi and Sunter from the records themselves, weighs the pairs, and groups
// records by the links that are strong enough. Everything is a pure function of
// the records and the options; nothing is read or written.
//
//	r, err := identity.Resolve(ctx, records, identity.Options{Region: "GB"})
//	for k := range uint32(r.Len()) {
//		fmt.Println(r.ID(k), r.MembersOf(k))
//	}
//
// Weaker links are listed by Result.Reviews, any two records are explained by
// Result.Explain. What people decide is kept as Overrides: Clusters.Merge and
// Clusters.Split write them, Result.Regroup applies them to the links at hand, and
// Options takes them to the next run, so a merge can always be undone. Survivors
// picks the value that stands for a person where records differ. Holdings, Shared
// and Swaps tell who has which number: a number may have several people, and a
// person several numbers, side by side or one after the other.
//
// Record ids are texts; their byte order is the canonical order. Links, clusters
// and figures are the same to the bit for any order of the rows and any number of
// threads.
//
// # Caveats
//
// A probability is as good as the model. It learns what is usual in these records;
// below some hundred duplicates it leans on what is usual elsewhere. Fields that
// say the same thing (a city and its postcode, an e-mail address made from a name)
// count more than they should, but for the ways of being alike that Double lists.
//
// Nicknames (Bob for Robert) and translated names count as different, unless other
// fields outweigh them. Accents are left out, Cyrillic and Latin spellings are not
// brought together. Texts are compared by their first 64 letters.
//
// Pairs that share no blocking key are never seen. With many records, frequent
// keys are refined or dropped; Result.Rules says which.
//
// Memory is about 100 bytes a record and field besides the records themselves, and
// 24 bytes a link: some 1.2 GB for a million records of seven fields in all.
package identity
