// Command peers makes up people, resolves them and prints one line of JSON with
// the seconds that it took and the quality reached, so that scripts can set it
// beside peers.
//
//	go run ./loaders/identity/peers -n 1000000 -threads 2
//	go run ./loaders/identity/peers -n 1000000 -write people.csv
//
// The first resolves people of its own making and prints seconds by stage, pairs
// compared, precision, recall, F1 and the peak in MB; the second writes the same
// people for another program, with who is who in a column. identity_peers.py
// measures Splink on that file.
//
// # Caveats
//
// The people are made up (see package people): the figures rank programs and
// methods. It needs a Unix.
package main
