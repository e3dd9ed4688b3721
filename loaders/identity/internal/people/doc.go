// Package people makes up customer records of people who live in households,
// with the truth of who is who: for tests, benchmarks and comparison with peers.
//
// A number of records and a seed go in, columns come out. The people are as
// trying as real ones: names are as skewed as names are, families share
// surname, address and a telephone, there are twins, fathers and sons of one
// name, couples with one e-mail address, offices with one number, people who
// move, marry and change their SIM card, slips of the pen in every field,
// missing values, and a birth date that stands for none.
//
// # Caveats
//
// Shares are guesses, not estimates from a house's data. Figures measured on
// these people rank methods; they are no promise for real customers.
package people
