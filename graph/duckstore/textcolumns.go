package duckstore

import (
	"context"
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
	"events.imports.covers":   {use: noPerson},
	"events.known.what":       {use: noPerson},
	"events.known.id":         {use: person, where: "what = 'customer'"},
	"events.rejects.col":      {use: noPerson},
	"events.rejects.reason":   {use: noPerson},
	"events.rejects.row":      {use: row},

	"events.posts.key":     {use: noPerson},
	"events.posts.hash":    {use: noPerson},
	"events.posts.receipt": {use: noPerson},

	"events.ids.id":                {use: person},
	"events.packed_calls.caller":   {use: person},
	"events.packed_calls.callee":   {use: person},
	"events.call_twins.caller":     {use: person},
	"events.call_twins.callee":     {use: person},
	"events.call_twins.kind":       {use: noPerson},
	"events.usage.customer":        {use: person},
	"events.purchases.customer":    {use: person},
	"events.purchases.product":     {use: noPerson},
	"events.purchases.basket":      {use: noPerson},
	"events.order_states.customer": {use: person},
	"events.order_states.product":  {use: noPerson},
	"events.order_states.basket":   {use: noPerson},
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
	"events.customers.carried":     {use: noPerson},
	"events.products.id":           {use: noPerson},
	"events.products.name":         {use: noPerson},
	"events.products.category":     {use: noPerson},
	"events.products.carried":      {use: noPerson},

	"events.void_purchases.customer": {use: person},
	"events.void_purchases.product":  {use: noPerson},
	"events.void_purchases.basket":   {use: noPerson},

	"events.former_customers.id":         {use: person},
	"events.former_customers.attributes": {use: object},
	"events.former_products.id":          {use: noPerson},
	"events.former_products.name":        {use: noPerson},
	"events.former_products.category":    {use: noPerson},

	"graph.customers.id":         {use: person},
	"graph.customers.attributes": {use: object},
	"graph.products.id":          {use: noPerson},
	"graph.products.name":        {use: noPerson},
	"graph.products.category":    {use: noPerson},
	"graph.call_ties.from_n":     {use: person},
	"graph.call_ties.to_n":       {use: person},
	"graph.product_ties.kind":    {use: noPerson},
	"graph.product_ties.from_n":  {use: person},
	"graph.product_ties.to_n":    {use: noPerson, where: "false"},
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

// column is a column of text with its class.
type column struct {
	schema, table, name string
	// list says that it holds a list of texts, number that it holds numbers, in
	// schema events of events.ids and in schema graph of nodes, timed that its rows
	// are events that have a time.
	list, number, timed bool
	class
}

func (c column) full() string { return c.schema + "." + c.table + "." + c.name }

// shown is the name of the column's table for people: that of the view beside
// which it holds the rows.
func (c column) shown() string {
	if c.schema == "events" && c.table == "packed_calls" {
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

// params are what the templates of the queries about a column are filled with.
func (c column) params() map[string]any {
	where, name := c.where, quoted(c.name)
	if where == "" {
		where = "true"
	}
	is := "CAST(" + name + " AS VARCHAR) IN (SELECT name FROM temp.forget_names)"
	switch {
	case c.number && c.schema == "graph":
		is = name + " IN (SELECT n FROM temp.forget_nodes)"
	case c.number:
		is = name + " IN (SELECT n FROM temp.forget_numbers)"
	case c.list:
		is = "list_has_any(" + name + ", (SELECT list(name) FROM temp.forget_names))"
	}
	return map[string]any{"Table": quoted(c.schema) + "." + quoted(c.table), "Column": name, "Where": where, "Is": is, "Number": c.number, "Timed": c.timed}
}
