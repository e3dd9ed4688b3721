package loaders

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"kith/graph"
)

// Options say what to load and how to read it.
type Options struct {
	// Kind is what the rows of all the files are. Empty: found out for each.
	Kind Kind
	// Files are paths of text files, plain or packed with gzip or zstd, and
	// of Parquet files; see Expand for folders and patterns. Stdin, "-", is
	// read from the field of that name.
	Files []string
	Stdin io.Reader
	// StdinName is what that is called in its receipt, and in guesses. Empty:
	// stdin.
	StdinName string
	// SQL is a query; the files are DuckDB databases then, and its rows are
	// loaded.
	SQL string
	// Map names columns that are not to be guessed.
	Map Map
	// Delimiter is one character or several, or tab, space or blanks (any run
	// of spaces and tabs). Empty: found out.
	Delimiter string
	// Encoding is the name of the encoding of text files, such as
	// windows-1252. Empty: UTF-8, or UTF-16 where the bytes leave no doubt.
	Encoding string
	// Header says whether the first row names the columns. Empty: found out.
	Header Header
	// Zone is the zone of times that have none themselves, such as
	// Europe/Berlin. Empty: UTC.
	Zone string
	// Dates is the order of day and month in dates such as 01/02/2011.
	// Empty: found out where a date in the file leaves no doubt.
	Dates DateOrder
	// Decimal is point or comma. Empty: found out.
	Decimal string
	// Changes are made to the texts of fields, in order, before they are read.
	Changes Changes
	// Units say in what numbers are counted that are not in the unit of their
	// field: seconds in minutes, hours or milliseconds, money in cents, times
	// in seconds, milliseconds or microseconds since 1970, or in days of a spreadsheet.
	Units map[string]string
	// HashIDs replaces every id of a person by its HMAC-SHA-256 with Salt, in
	// hex. The same id gives the same hash in all files, kinds and runs.
	HashIDs bool
	Salt    Salt
	// Types are those of attributes of customers: text, number, date, or
	// yes/no. Others are found out.
	Types map[string]string
	// NoOthers keeps columns of customers that are not mapped from becoming
	// attributes.
	NoOthers bool
	// MaxRejects is how many rows of a file may be rejected, as a number or a
	// share such as 1%. With more nothing of the file is stored. Empty: any
	// number but all.
	MaxRejects string
	// MapFile is the path of a map file, and NoMapFile for none. Empty: one
	// that lies beside the data. What the other options say counts before it.
	MapFile string
	// mapMark and mapNote say which map file was used.
	mapMark, mapNote string
	// zoneFault is what is said where the zone is the map file's, and nobody
	// knows it.
	zoneFault error
	// ordinary keeps plain rows from being read in Go, for comparing.
	ordinary bool
	// RefuseCustomers and RefuseProducts reject rows about customers and
	// products that no file of customers or products has described.
	RefuseCustomers, RefuseProducts bool
	// RejectsDir is where rejected rows are written to. Empty: the folder
	// rejects of the data folder.
	RejectsDir string
	// PassOver is told of files that have a header or a schema and no row, such as
	// the empty parts that programs leave in a folder. Nil: the first of them is an
	// error, as it is where no file has a row.
	PassOver func(Left)
	// Scratch is the folder where Explain keeps what passes. Empty: that of the
	// system.
	Scratch  string
	Progress graph.Progress
}

// What stands between whole and part of a number.
const (
	DecimalPoint = "point"
	DecimalComma = "comma"
)

// OptionError says which option means nothing.
type OptionError struct{ Reason string }

func (e *OptionError) Error() string { return e.Reason }

// zoneSentence is said of a zone that nobody knows.
const zoneSentence = "there is no time zone %q: use a name such as Europe/Berlin"

// check refuses options that mean nothing.
func (o *Options) check(ctx context.Context, db querier) error {
	if err := o.checkWords(); err != nil {
		return &OptionError{err.Error()}
	}
	if o.Zone != "" {
		var known bool
		if err := db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM pg_timezone_names() WHERE name = ?", o.Zone).Scan(&known); err != nil {
			return fmt.Errorf("look for the time zone %s: %w", o.Zone, err)
		}
		switch {
		case !known && o.zoneFault != nil:
			return o.zoneFault
		case !known:
			return &OptionError{fmt.Sprintf(zoneSentence, o.Zone)}
		}
	}
	return nil
}

// checkWords refuses words that no option has.
func (o *Options) checkWords() error {
	if o.Kind != "" {
		if _, err := KindOf(string(o.Kind)); err != nil {
			return err
		}
	}
	if len(o.Files) == 0 {
		return errors.New("there is no file to load: name one or more")
	}
	if o.Stdin == nil && slices.Contains(o.Files, Stdin) {
		return errors.New("there is no standard input to read")
	}
	if o.Delimiter != "" {
		if _, err := delimiter(o.Delimiter); err != nil {
			return err
		}
	}
	if o.Encoding != "" {
		if _, err := charsetOf(o.Encoding); err != nil {
			return err
		}
	}
	if !slices.Contains([]Header{HeaderGuessed, HeaderYes, HeaderNo}, o.Header) {
		return fmt.Errorf("the header option %q is not understood: use yes, no, or leave it out", o.Header)
	}
	if !slices.Contains([]DateOrder{DatesGuessed, DayFirst, MonthFirst}, o.Dates) {
		return fmt.Errorf("the order of dates %q is not understood: use dmy or mdy", o.Dates)
	}
	if !slices.Contains([]string{"", DecimalPoint, DecimalComma}, o.Decimal) {
		return fmt.Errorf("the decimal mark %q is not understood: use point or comma", o.Decimal)
	}
	if o.MaxRejects != "" {
		if _, err := mostRejects(o.MaxRejects, 0); err != nil {
			return err
		}
	}
	return nil
}
