package main

import (
	"fmt"
	"maps"
	"slices"

	"kith/loaders"
)

// writtenFlags say how files are written, and which rows are refused.
type writtenFlags struct {
	Delimiter        string `help:"What separates the fields: a character or several, tab, space or blanks; guessed when left out." placeholder:"TEXT"`
	Encoding         string `help:"Encoding of text files, such as windows-1252, iso-8859-2, koi8-r, shift-jis, gbk or utf-16; found out when left out, where the bytes leave no doubt." placeholder:"NAME"`
	Header           string `help:"Whether the first line names the columns: auto, yes or no." enum:"auto,yes,no" default:"auto"`
	Zone             string `help:"Time zone of times that name none; UTC when left out." placeholder:"ZONE"`
	Dates            string `help:"Order of day and month in dates like 03/04/2026: auto, dmy or mdy." enum:"auto,dmy,mdy" default:"auto"`
	UnknownCustomers string `help:"Rows about customers that no file of customers describes: ${enum}." enum:"allow,refuse" default:"allow"`
	UnknownProducts  string `help:"Rows about products that no file of products describes: ${enum}." enum:"allow,refuse" default:"allow"`
}

// write adds what the flags say to the options of a load.
func (f *writtenFlags) write(o *loaders.Options) {
	o.Delimiter, o.Encoding, o.Header = f.Delimiter, f.Encoding, loaders.Header(auto(f.Header))
	o.Zone, o.Dates = f.Zone, loaders.DateOrder(auto(f.Dates))
	o.RefuseCustomers, o.RefuseProducts = f.UnknownCustomers == "refuse", f.UnknownProducts == "refuse"
}

// mappingFlags say which column is what, and how its texts are written.
type mappingFlags struct {
	Map        string            `help:"Which column is what, such as caller=src,callee=dst,at=ts; a column number or a 'literal' does too. Guessed from the headers when left out." placeholder:"FIELD=COLUMN,..."`
	MapFile    string            `help:"Map file that says how files are read; one named like the data, such as calls.map.yaml beside calls-2024.csv, is found by itself. none: no map file." placeholder:"FILE.map.yaml"`
	Change     string            `help:"Steps that bring the texts of a field into form: trim, upper, lower, digits, no-leading-zeros, hash, such as caller=digits+hash. Others go into a map file." placeholder:"FIELD=STEP+STEP,..."`
	Unit       map[string]string `help:"What numbers are counted in: seconds=minutes, hours or milliseconds; amount=cents; at=seconds, milliseconds or microseconds since 1970, or days of a spreadsheet." mapsep:"," placeholder:"FIELD=UNIT,..."`
	Decimal    string            `help:"Decimal mark of numbers: auto, point or comma." enum:"auto,point,comma" default:"auto"`
	MaxRejects string            `help:"Store nothing of a file with more rejected rows than this number, or share such as 0.01 or 1%." placeholder:"N|N%"`
	HashIDs    bool              `name:"hash-ids" help:"Store customers by a keyed hash of their ids (HMAC-SHA-256), with the secret in KITH_SALT or --salt-file."`
	SaltFile   string            `help:"File with the secret that ids are hashed with." placeholder:"FILE" type:"path"`
}

// put adds what the flags say to the options of a load.
func (f *mappingFlags) put(o *loaders.Options) (err error) {
	if o.Map, err = loaders.ParseMap(f.Map); err == nil {
		o.Changes, err = loaders.ParseChanges(f.Change)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	o.Units = maps.Clone(f.Unit)
	o.Decimal = auto(f.Decimal)
	o.HashIDs = f.HashIDs
	o.MapFile, o.MaxRejects = f.MapFile, f.MaxRejects
	o.Salt, err = saltIn(f.SaltFile)
	return err
}

// sortedUnits are units as the flag takes them, fields in order.
func sortedUnits(units map[string]string) []string {
	var out []string
	for _, field := range slices.Sorted(maps.Keys(units)) {
		out = append(out, field+"="+units[field])
	}
	return out
}
