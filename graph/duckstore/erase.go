package duckstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"kith/graph"
)

// use says what the texts of a column have to do with people.
type use uint8

const (
	// person is the id of somebody whom the row is about: the row goes. It is
	// also what a column is taken for that nobody has classed.
	person use = iota
	// mention is an id beside what the row is about: it is emptied.
	mention
	// object is a JSON object about somebody: members with an id in them go.
	object
	// row is what an import did not take: it is emptied where an id stands in it
	// as a word, as it may tell more of the person.
	row
	// free is any other text: an id that stands in it as a word is taken out.
	free
	// noPerson never names a person.
	noPerson
)

// class is the use of a column; where narrows it to the rows of which it is true.
type class struct {
	use   use
	where string
}

// classes has every column of text. A test fails when a migration adds one that
// is not listed, so that nobody's data is overlooked.
var classes = map[string]class{
	"events.imports.kind":     {use: noPerson},
	"events.imports.file":     {use: free},
	"events.imports.hash":     {use: noPerson},
	"events.imports.mapping":  {use: noPerson},
	"events.imports.notes":    {use: free},
	"events.imports.repeats":  {use: noPerson},
	"events.imports.warnings": {use: noPerson},
	"events.known.what":       {use: noPerson},
	"events.known.id":         {use: person, where: "what = 'customer'"},
	"events.rejects.col":      {use: noPerson},
	"events.rejects.reason":   {use: noPerson},
	"events.rejects.row":      {use: row},

	"events.posts.key":     {use: noPerson},
	"events.posts.hash":    {use: noPerson},
	"events.posts.receipt": {use: noPerson},

	"events.ids.id":                {use: person},
	"events.call_rows.caller":      {use: person},
	"events.call_rows.callee":      {use: person},
	"events.call_rows.kind":        {use: noPerson},
	"events.purchases.customer":    {use: person},
	"events.purchases.product":     {use: noPerson},
	"events.purchases.basket":      {use: noPerson},
	"events.visits.customer":       {use: person},
	"events.visits.product":        {use: noPerson},
	"events.visits.page":           {use: free},
	"events.visits.session":        {use: person},
	"events.churn.customer":        {use: person},
	"events.contacts.customer":     {use: person},
	"events.contacts.campaign":     {use: noPerson},
	"events.contacts.arm":          {use: noPerson},
	"events.contacts.channel":      {use: noPerson},
	"events.contacts.outcome":      {use: free},
	"events.satisfaction.customer": {use: person},
	"events.satisfaction.kind":     {use: noPerson},
	"events.satisfaction.topic":    {use: free},
	"events.satisfaction.comment":  {use: free},
	"events.numbers.number":        {use: noPerson},
	"events.numbers.customer":      {use: person},
	"events.customers.id":          {use: person},
	"events.customers.attributes":  {use: object},
	"events.products.id":           {use: noPerson},
	"events.products.name":         {use: noPerson},
	"events.products.category":     {use: noPerson},

	"graph.customers.id":         {use: person},
	"graph.customers.attributes": {use: object},
	"graph.products.id":          {use: noPerson},
	"graph.products.name":        {use: noPerson},
	"graph.products.category":    {use: noPerson},
	"graph.ties.kind":            {use: noPerson},
	"graph.ties.from_id":         {use: person},
	"graph.ties.to_id":           {use: person, where: "kind = 'CALLED'"},
	"graph.corrections.kind":     {use: noPerson},
	"graph.corrections.from_id":  {use: person},
	"graph.corrections.to_id":    {use: person, where: "kind = 'CALLED'"},

	"result.runs.id":                  {use: noPerson},
	"result.runs.version":             {use: noPerson},
	"result.runs.quality":             {use: noPerson},
	"result.communities.id":           {use: noPerson},
	"result.communities.parent":       {use: noPerson},
	"result.communities.leader":       {use: mention},
	"result.communities.disseminator": {use: mention},
	"result.customers.id":             {use: person},
	"result.customers.community":      {use: noPerson},
	"result.customers.role":           {use: noPerson},
	"result.risk_parts.customer":      {use: person},
	"result.risk_parts.from_id":       {use: person},
	"result.memberships.customer":     {use: person},
	"result.memberships.community":    {use: noPerson},
	"result.preferences.community":    {use: noPerson},
	"result.preferences.product":      {use: noPerson},

	"identity.resolution.fields":    {use: noPerson},
	"identity.resolution.model":     {use: noPerson},
	"identity.resolution.options":   {use: noPerson},
	"identity.resolution.rules":     {use: noPerson},
	"identity.links.a":              {use: person},
	"identity.links.b":              {use: person},
	"identity.links.levels":         {use: noPerson},
	"identity.links.double":         {use: noPerson},
	"identity.links.fate":           {use: noPerson},
	"identity.decisions.decided_by": {use: noPerson},
	"identity.decisions.why":        {use: free},
	"identity.decisions.action":     {use: noPerson},
	"identity.decisions.records":    {use: person},
	"identity.overrides.a":          {use: person},
	"identity.overrides.b":          {use: person},
	"identity.records.record":       {use: person},
	"identity.records.person":       {use: person},
	"identity.survival.attribute":   {use: noPerson},
	"identity.survival.rule":        {use: noPerson},
	"identity.survival.sources":     {use: noPerson},
	"identity.numbers.number":       {use: noPerson},
	"identity.numbers.record":       {use: person},
	"identity.spellings.id":         {use: person},
	"identity.spellings.number":     {use: noPerson},
	"identity.holders.id":           {use: noPerson},
	"identity.holders.person":       {use: person},

	"privacy.salt.salt":       {use: noPerson},
	"privacy.forgotten.mark":  {use: noPerson},
	"privacy.removals.kind":   {use: noPerson},
	"privacy.removals.counts": {use: noPerson},

	"main.migrations.name":     {use: noPerson},
	"main.migrations.checksum": {use: noPerson},
}

// Touched says what a removal did to a table, or what a search found in it.
type Touched struct {
	// Table is its name with the schema.
	Table string `json:"table"`
	// Removed is how many of its rows went, Emptied in how many a text was
	// emptied that named the person.
	Removed int64 `json:"removed"`
	Emptied int64 `json:"emptied,omitempty"`
}

// Found says how many rows of a column have a text.
type Found struct {
	Column string `json:"column"` // schema.table.column
	Rows   int64  `json:"rows"`
	// Other says that the column names no people, so that the text stands for
	// something else there.
	Other bool `json:"other,omitempty"`
}

// column is a column of text with its class.
type column struct {
	schema, table, name string
	// list says that it holds a list of texts, number that it holds numbers of
	// events.ids, timed that its rows are events that have a time.
	list, number, timed bool
	class
}

func (c column) full() string { return c.schema + "." + c.table + "." + c.name }

// shown is the name of the column's table for people: that of the view beside
// which it holds the rows.
func (c column) shown() string {
	if c.schema == "events" && c.table == "call_rows" {
		return "events.calls"
	}
	return c.schema + "." + c.table
}

// textColumns lists the columns of all tables that can hold an id.
func textColumns(ctx context.Context, q queryer) ([]column, error) {
	rows, err := q.QueryContext(ctx, query("text_columns"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.schema, &c.table, &c.name, &c.list, &c.number, &c.timed); err != nil {
			return nil, err
		}
		c.class = classes[c.full()]
		list = append(list, c)
	}
	return list, rows.Err()
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// errDry rolls a removal back that was only to be counted.
var errDry = errors.New("only counted")

// Forget removes a person, who is known by some ids, from every table in one
// transaction: rows about the person go, texts that name the person are emptied.
// It notes marks of the ids, by which Forgotten knows them from then on, and a
// receipt. When dry it only counts. It may be repeated, and is then nearly
// nothing.
//
// The rows of a call go for both its ends, so that the other one has a contact
// less; visits of sessions that were nobody else's go as well; what an import counted stays as it was. The database file keeps what was
// removed until Rewrite.
func (s *Store) Forget(ctx context.Context, ids []string, dry bool) (touched []Touched, err error) {
	_, touched, err = s.forget(ctx, ids, dry)
	return touched, err
}

// NamesOf is ids with the other names by which the person is known: records that
// were found to be the same one, numbers and sessions that were nobody else's.
func (s *Store) NamesOf(ctx context.Context, ids []string) (all []string, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if all, err = setNames(ctx, conn, ids); err != nil {
			return err
		}
		return errDry
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, fmt.Errorf("look for other names of a person: %w", err)
	}
	return all, nil
}

func (s *Store) forget(ctx context.Context, ids []string, dry bool) (all []string, touched []Touched, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if all, err = setNames(ctx, conn, ids); err != nil {
			return err
		}
		if touched, err = eraseTables(ctx, conn, all); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		if err := mark(ctx, conn, all); err != nil {
			return err
		}
		counts := map[string]int64{}
		for _, t := range touched {
			counts[t.Table] = t.Removed + t.Emptied
		}
		return noteRemoval(ctx, conn, "forget", time.Time{}, counts)
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, nil, fmt.Errorf("remove a person from the tables: %w", err)
	}
	return all, touched, nil
}

// eraseTables goes through all tables with the names of setNames.
func eraseTables(ctx context.Context, conn *sql.Conn, ids []string) ([]Touched, error) {
	columns, err := textColumns(ctx, conn)
	if err != nil {
		return nil, err
	}
	var list []Touched
	for _, group := range byTable(columns) {
		t := Touched{Table: group[0].shown()}
		if t.Removed, err = eraseRows(ctx, conn, group); err == nil {
			t.Emptied, err = emptyTexts(ctx, conn, group, ids)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Table, err)
		}
		if t.Removed+t.Emptied > 0 {
			list = append(list, t)
		}
	}
	if err := dropUnnamed(ctx, conn); err != nil {
		return nil, err
	}
	_, err = conn.ExecContext(ctx, "DROP TABLE temp.forget_names; DROP TABLE temp.forget_numbers")
	return list, err
}

// dropUnnamed removes what no call names any more from events.ids.
func dropUnnamed(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, query("drop_unnamed")); err != nil {
		return fmt.Errorf("events.ids: %w", err)
	}
	return nil
}

// byTable cuts a list of columns in the order of their tables by table.
func byTable(columns []column) (groups [][]column) {
	for i, c := range columns {
		if i == 0 || columns[i-1].schema != c.schema || columns[i-1].table != c.table {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], c)
	}
	return groups
}

// setNames makes temp.forget_names with the ids and the other names of the
// person, and temp.forget_numbers with their numbers, and returns the names.
func setNames(ctx context.Context, conn *sql.Conn, ids []string) (all []string, err error) {
	if _, err := conn.ExecContext(ctx, query("forget_names")); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, err := conn.ExecContext(ctx, query("forget_name"), id); err != nil {
			return nil, err
		}
	}
	if _, err := conn.ExecContext(ctx, query("forget_aliases")); err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, query("forget_numbers")); err != nil {
		return nil, err
	}
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT name FROM temp.forget_names ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

func eraseRows(ctx context.Context, conn *sql.Conn, group []column) (int64, error) {
	var whose []map[string]any
	for _, c := range group {
		if c.use == person {
			whose = append(whose, c.params())
		}
	}
	if whose == nil {
		return 0, nil
	}
	return execRows(ctx, conn, render("forget_rows", map[string]any{"Table": group[0].params()["Table"], "Columns": whose}))
}

func emptyTexts(ctx context.Context, conn *sql.Conn, group []column, ids []string) (sum int64, err error) {
	for _, c := range group {
		var n int64
		switch c.use {
		case mention:
			n, err = execRows(ctx, conn, render("forget_mentions", c.params()))
		case row:
			n, err = execRows(ctx, conn, render("forget_texts", c.params()))
		case free:
			n, err = execRows(ctx, conn, render("forget_words", c.params()))
		case object:
			n, err = emptyObjects(ctx, conn, c, ids)
		case person, noPerson:
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", c.name, err)
		}
		sum += n
	}
	return sum, nil
}

// emptyObjects takes the members out of JSON objects that are one of the ids.
func emptyObjects(ctx context.Context, conn *sql.Conn, c column, ids []string) (int64, error) {
	rows, err := conn.QueryContext(ctx, render("forget_objects", c.params()))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	changed := map[string]string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return 0, err
		}
		if left, gone := graph.Unmention(text, ids); gone != nil {
			changed[text] = left
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	var sum int64
	for from, to := range changed {
		n, err := execRows(ctx, conn, render("forget_object", c.params()), to, from)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// Search counts the rows of every column of text in which one of the ids stands:
// as the whole text where the column has ids, as a word elsewhere. Columns that
// name no people are told apart.
func (s *Store) Search(ctx context.Context, ids []string) (found []Found, columns int, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if _, err := setNames(ctx, conn, ids); err != nil {
			return err
		}
		all, err := textColumns(ctx, conn)
		if err != nil {
			return err
		}
		columns = len(all)
		for _, c := range all {
			name := "search_ids"
			switch c.use {
			case row:
				name = "search_texts"
			case free, object:
				name = "search_words"
			case person, mention, noPerson:
			}
			var n int64
			if err := conn.QueryRowContext(ctx, render(name, c.params())).Scan(&n); err != nil {
				return fmt.Errorf("%s: %w", c.full(), err)
			}
			if n > 0 {
				found = append(found, Found{Column: c.full(), Rows: n, Other: c.use == noPerson})
			}
		}
		return errDry // nothing is to be written
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, 0, fmt.Errorf("search the tables: %w", err)
	}
	slices.SortFunc(found, func(a, b Found) int { return cmp.Compare(a.Column, b.Column) })
	return found, columns, nil
}

// params are what the templates of the queries about a column are filled with.
func (c column) params() map[string]any {
	where, name := c.where, quoted(c.name)
	if where == "" {
		where = "true"
	}
	is := "CAST(" + name + " AS VARCHAR) IN (SELECT name FROM temp.forget_names)"
	switch {
	case c.number:
		is = name + " IN (SELECT n FROM temp.forget_numbers)"
	case c.list:
		is = "list_has_any(" + name + ", (SELECT list(name) FROM temp.forget_names))"
	}
	return map[string]any{"Table": quoted(c.schema) + "." + quoted(c.table), "Column": name, "Where": where, "Is": is, "Number": c.number, "Timed": c.timed}
}

// quoted is an identifier of SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// render fills queries/name.sql in.
func render(name string, params any) string {
	var b strings.Builder
	if err := template.Must(template.New(name).Parse(query(name))).Execute(&b, params); err != nil {
		panic(err) // the templates are constants of this package
	}
	return b.String()
}

func execRows(ctx context.Context, conn *sql.Conn, text string, args ...any) (int64, error) {
	done, err := conn.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// Mark is what stands for an id in privacy.forgotten.
func Mark(salt, id string) string {
	sum := sha256.Sum256([]byte(salt + id))
	return hex.EncodeToString(sum[:])
}

// mark notes the marks of ids, and makes the salt where there is none.
func mark(ctx context.Context, conn *sql.Conn, ids []string) error {
	salt, err := saltOf(ctx, conn)
	if err != nil {
		return err
	}
	if salt == "" {
		b := make([]byte, 32)
		_, _ = rand.Read(b) // never fails
		salt = hex.EncodeToString(b)
		if _, err := conn.ExecContext(ctx, "INSERT INTO privacy.salt VALUES (?)", salt); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if _, err := conn.ExecContext(ctx, query("forget_mark"), Mark(salt, id)); err != nil {
			return err
		}
	}
	return nil
}

func saltOf(ctx context.Context, q queryer) (salt string, err error) {
	rows, err := q.QueryContext(ctx, "SELECT salt FROM privacy.salt")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&salt); err != nil {
			return "", err
		}
	}
	return salt, rows.Err()
}

// AllowAgain takes the marks of ids away, so that their rows are taken in again,
// and says how many there were.
func (s *Store) AllowAgain(ctx context.Context, ids []string) (lifted int64, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		salt, err := saltOf(ctx, conn)
		if err != nil {
			return err
		}
		for _, id := range ids {
			n, err := execRows(ctx, conn, "DELETE FROM privacy.forgotten WHERE mark = ?", Mark(salt, id))
			if err != nil {
				return err
			}
			lifted += n
		}
		return noteRemoval(ctx, conn, "allow", time.Time{}, map[string]int64{"privacy.forgotten": lifted})
	})
	if err != nil {
		return 0, fmt.Errorf("let a person come back: %w", err)
	}
	return lifted, nil
}

// Forgotten returns what tells whether an id is that of a person who asked to be
// forgotten, as of now; nil when nobody did.
func (s *Store) Forgotten(ctx context.Context) (func(id string) bool, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	f, err := ForgottenIn(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("read who asked to be forgotten: %w", s.explain(ctx, err))
	}
	return f, nil
}

// ForgottenIn is Forgotten as a connection within an Update sees it.
func ForgottenIn(ctx context.Context, q queryer) (func(id string) bool, error) {
	salt, err := saltOf(ctx, q)
	if err != nil || salt == "" {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, "SELECT mark FROM privacy.forgotten")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	marks := map[string]bool{}
	for rows.Next() {
		var m string
		if err := rows.Scan(&m); err != nil {
			return nil, err
		}
		marks[m] = true
	}
	if err := rows.Err(); err != nil || len(marks) == 0 {
		return nil, err
	}
	return func(id string) bool { return marks[Mark(salt, id)] }, nil
}

// noteRemoval writes the receipt of a removal.
func noteRemoval(ctx context.Context, conn *sql.Conn, kind string, before time.Time, counts map[string]int64) error {
	text, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, query("note_removal"), kind, orNull(before), string(text))
	return err
}
