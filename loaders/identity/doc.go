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
// Links between different people are for somebody to look at; any link is explained
// by Result.Evidence, any two records by Result.Explain or, with a model that was
// learned before, by Compare. What people decide is kept as Overrides: Clusters.Merge
// and Clusters.Split write them, Group applies them to the links at hand, and Options
// takes them to the next run, so a merge can always be undone.
//
// Which value stands for a person where records differ, and who had which telephone
// number when, is kept and worked out in the store: see package persons.
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
