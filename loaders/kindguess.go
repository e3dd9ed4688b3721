package loaders

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// KindGuess says what the rows of a file are, how sure that is, and why.
type KindGuess struct {
	Kind       Kind    `json:"kind"`
	Confidence float64 `json:"confidence"`
	Word       string  `json:"word"`
	Reason     string  `json:"reason"`
	// Others are what the file might be instead, the likeliest first.
	Others []Kind `json:"others,omitempty"`
}

// leastOverlap is how many of the ids of one column must be in the other for both
// to be ids of people.
const leastOverlap = 0.05

// leastKind is how sure a kind must be to be taken.
const leastKind = 0.6

// kindWords are parts of file names that tell a kind.
var kindWords = map[Kind][]string{
	Calls:        {"call", "cdr", "sms", "message", "chat", "anruf", "gespräch", "llamad", "appels", "chiamat", "połącze", "polacze", "rozmow", "hovor", "звонк", "вызов"},
	Purchases:    {"purchase", "transaction", "order", "sale", "basket", "invoice", "receipt", "umsatz", "verkauf", "bestellung", "rechnung", "venta", "vente", "vendit", "commande", "pedido", "factura", "facture", "fattur", "scontrin", "sprzeda", "zamówie", "zamowie", "paragon", "faktur", "prodej", "objednáv", "objednav", "účten", "uctenk", "продаж", "покупк", "заказ", "чеки"},
	Customers:    {"customer", "client", "subscriber", "member", "user", "crm", "demographic", "household", "person", "people", "kunden", "klien", "zákazn", "zakazn", "клиент", "абонент"},
	Products:     {"product", "item", "article", "catalog", "sku", "artikel", "produit", "produkt", "prodott", "artícul", "articul", "towar", "zboží", "zbozi", "товар"},
	Visits:       {"visit", "view", "click", "session", "web"},
	Contacts:     {"campaign", "contact", "mailing", "redemption", "coupon"},
	Satisfaction: {"survey", "nps", "csat", "satisf", "complaint", "rating", "review", "feedback", "umfrage", "zufrieden", "bewertung", "enquete", "enquête", "encuesta", "sondaggio", "ankiet", "dotazník", "dotaznik", "опрос", "отзыв"},
	Numbers:      {"msisdn", "numbers", "sim", "rufnummer"},
	Churn:        {"churn", "leave", "left", "cancel", "depart", "terminat", "deactivat", "disconnect", "kündig", "kuendig", "rezygn", "resiliation", "résiliation", "disdett", "отток"},
}

// tells are optional fields that make a kind of a file that has little else, and
// that are of no other kind that would fit it.
var tells = map[Kind][]string{
	Calls:        {"direction", "answered"},
	Purchases:    {"basket", "quantity", "price", "amount"},
	Visits:       {"seconds", "session", "page"},
	Products:     {"name", "category", "price", "available_from", "available_to"},
	Contacts:     {"campaign", "arm", "channel", "response"},
	Satisfaction: {"score", "topic", "comment"},
	Numbers:      {"until"},
}

// candidate is a kind that a file could be.
type candidate struct {
	kind  Kind
	plan  *plan
	score float64
	why   []string
}

// guessKind finds out what the rows of a file are: each kind for which the
// required fields are found is weighed by how sure they are, by the fields that
// are its own, by whether ids stand once, by whether the ids of two columns are
// of one sort, and by the file's name. Ours; the weights are chosen so that the
// files of the tests come out right, and what is close is refused.
func guessKind(src *source, o *Options) KindGuess {
	var all []candidate
	for _, k := range Kinds {
		with := *o
		with.Kind = k
		if with.Decimal == "" { // what is unclear of numbers is told when the kind is known
			with.Decimal = DecimalPoint
		}
		p, err := makePlan(src, &with)
		if _, said := o.Map["at"]; err != nil && !said && k.timed() {
			// Times that cannot be read make it no other kind; that is told when
			// the kind is known.
			with.Map = maps.Clone(o.Map)
			if with.Map == nil {
				with.Map = Map{}
			}
			with.Map["at"] = ""
			p, err = makePlan(src, &with)
		}
		if err != nil {
			continue
		}
		if c, ok := weigh(p); ok {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return KindGuess{Reason: "the columns that any kind of file needs were not found"}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	best, margin := all[0], all[0].score
	g := KindGuess{Kind: best.kind, Reason: strings.Join(best.why, "; ")}
	for _, c := range all[1:] {
		margin = min(margin, best.score-c.score)
		if best.score-c.score < 0.3 {
			g.Others = append(g.Others, c.kind)
		}
	}
	g.Confidence = math.Round(100*max(0, min(0.99, 0.5+margin, best.score))) / 100
	g.Word = wordFor(g.Confidence)
	return g
}

// weigh says how well a file suits a kind; ok is false where it cannot be it.
func weigh(p *plan) (c candidate, ok bool) {
	c = candidate{kind: p.kind, plan: p}
	var named, asked []string
	required, sum := 0, 0.0
	for _, g := range p.guesses() {
		f, _ := p.kind.field(g.Field)
		if or, ok := p.fields[f.Or]; ok && or.column == p.fields[g.Field].column {
			f, _ = p.kind.field(f.Or) // the column stands for both
		} else if !p.needs(f) {
			continue
		}
		required++
		sum += g.Confidence
		column := p.fields[g.Field].column
		switch {
		case p.asked[g.Field]:
			asked = append(asked, g.Field)
		case !p.src.named():
			// Without a header only people who call each other can be told.
			if p.kind != Calls || p.overlap() <= leastOverlap {
				return c, false
			}
		case column < 0 || !f.stands(p.src.columns[column]):
			return c, false
		default:
			named = append(named, fmt.Sprintf("%q", p.src.columns[column]))
		}
	}
	c.score = sum/float64(max(required, 1)) - 0.1 + 0.1*float64(required)
	switch len(named) {
	case 0:
	case 1:
		c.why = append(c.why, "the header "+named[0]+" is usual")
	default:
		c.why = append(c.why, "the headers "+strings.Join(named, " and ")+" are usual")
	}
	if len(asked) > 0 {
		c.why = append(c.why, "you say which column is "+strings.Join(asked, " and "))
	}
	told := p.told()
	if len(told) > 0 {
		c.score += min(0.3, 0.15*float64(len(told)))
		c.why = append(c.why, "there is "+strings.Join(told, ", "))
	}
	if p.ownTime() {
		c.score += 0.15
		c.why = append(c.why, fmt.Sprintf("so is %q", p.src.columns[p.fields["at"].column]))
	}
	fileNamed := p.fileNamed()
	if fileNamed != "" {
		c.score += 0.25
		c.why = append(c.why, "the file is named after "+fileNamed)
	}
	switch p.kind {
	case Contacts, Satisfaction:
		if len(told) == 0 && (fileNamed == "" || p.kind == Contacts && p.personal() >= 2) {
			return c, false // a list of contacts is one of people
		}
	case Products:
		if len(told) == 0 && fileNamed == "" && !p.describesGoods() {
			c.score -= 0.5
		}
		who, _ := Purchases.field("customer")
		if slices.ContainsFunc(p.src.columns, func(h string) bool {
			name, _ := who.headed(h)
			return name != "" && !strings.Contains(weakHeaders+commonHeaders, " "+name+" ")
		}) {
			c.score -= 0.5 // a catalogue is nobody's
		}
		if p.pays() {
			c.score -= 0.4
		}
		c.onceEach(p)
	case Customers:
		c.onceEach(p)
		if id, _ := p.kind.field("id"); p.fields["id"].column >= 0 && p.src.named() && !p.asked["id"] {
			if name, _ := id.headed(p.src.columns[p.fields["id"].column]); strings.Contains(" "+id.spare+" ", " "+name+" ") {
				c.score -= 0.4 // a list of addresses or records may be of anything
			}
		}
		if p.personal() >= 2 {
			c.score += 0.3
			c.why = append(c.why, "there is what people are described by")
		}
		basket, _ := Purchases.field("basket")
		if slices.ContainsFunc(p.src.columns, func(h string) bool { name, whole := basket.headed(h); return whole && name != orderNames }) {
			c.score -= 0.4 // orders, of which each is somebody's
		} else if p.pays() || p.requested() {
			c.score -= 0.4
		}
	case Numbers:
		if fileNamed == "" && len(told) == 0 && (len(p.src.columns) > 3 || p.namesPeople()) {
			c.score -= 0.4 // a table of customers has a telephone number, too
		}
	case Churn:
		if fileNamed == "" && !p.ownTime() {
			c.score -= 0.4
		}
		if p.requested() {
			c.score -= 0.4 // what is closed is a ticket
		}
		if b, ok := p.fields["left"]; ok && b.column >= 0 && p.ownTime() {
			c.score += 0.15
			c.why = append(c.why, fmt.Sprintf("%q says who left", p.src.columns[b.column]))
		}
	case Calls:
		switch {
		case p.twins():
			c.score += 0.2
			c.why = append(c.why, "they differ in their last letter only, so both are people")
		case p.telephones():
			c.score += 0.2
			c.why = append(c.why, "both sides are telephone numbers")
		case p.overlap() > leastOverlap:
			c.score += 0.2
			c.why = append(c.why, fmt.Sprintf("%.0f %% of the ids of one side are on the other, too", 100*p.overlap()))
		case len(p.src.sample) >= 30:
			c.score -= 0.3
		}
	case Purchases, Visits:
		if p.kind == Visits && len(asked) > 0 && len(told) == 0 && fileNamed == "" {
			c.score -= 0.2 // nothing is of a visit, and who maps what was bought should not have to say so twice
		}
		if p.overlap() > leastOverlap || p.twins() || p.telephones() {
			c.score -= 0.3
		}
	}
	return c, true
}

// describesGoods says that a file has ids of products by that name, with names and
// categories beside, and no more of anything.
func (p *plan) describesGoods() bool {
	id, _ := p.kind.field("id")
	b := p.fields["id"]
	if b.column < 0 || !p.src.named() {
		return false
	}
	name, whole := id.headed(p.src.columns[b.column])
	for _, name := range []string{"name", "category"} {
		f, _ := p.kind.field(name)
		if at, ok := p.fields[name]; !ok || at.column < 0 || !f.stands(p.src.columns[at.column]) {
			return false
		}
	}
	return whole && !strings.Contains(weakHeaders+commonHeaders, " "+name+" ")
}

// onceEach weighs whether each id stands once, as in a table of customers.
func (c *candidate) onceEach(p *plan) {
	b := p.fields["id"]
	if b.column < 0 {
		return
	}
	seen := map[string]bool{}
	values := p.src.values(b.column)
	for _, v := range values {
		seen[strings.TrimSpace(v)] = true
	}
	if len(seen)*100 >= len(values)*95 {
		if len(values) < 10 {
			return
		}
		c.score += 0.1
		c.why = append(c.why, "each id stands once")
		return
	}
	c.score -= 0.4
}

// told are the fields that only this kind has, as far as headers name them.
func (p *plan) told() []string {
	var out []string
	for _, name := range tells[p.kind] {
		b, ok := p.fields[name]
		if ok && (p.asked[name] || b.column >= 0 && p.src.named() && (p.nameSure(name, b.column) >= 0.9 || p.asks(name, b.column)) && !p.remarked(name, b.column)) {
			out = append(out, name)
		}
	}
	return out
}

// asks says that a column is headed by a question, or by its number, and has its scores.
func (p *plan) asks(field string, column int) bool {
	header := p.src.columns[column]
	numbered := len(headerWords(header)) > 1 && questionCode.MatchString(headerWords(header)[0])
	return p.kind == Satisfaction && field == "score" && (numbered || isQuestion(header))
}

// remarked says that a column is headed by a word for remarks on anything, which
// make no survey of it.
func (p *plan) remarked(field string, column int) bool {
	header := plainName(p.src.columns[column])
	return p.kind == Satisfaction && field != "score" && slices.Contains([]string{"description", "note", "notes", "message", "text", "remark", "remarks", "product", "category", "subject"}, header)
}

// needs says whether a file is only of the kind with this field: it is required,
// or it stands for one that is and that the file does not have.
func (p *plan) needs(f Field) bool {
	return f.Required || slices.ContainsFunc(p.kind.Fields(), func(g Field) bool {
		_, there := p.fields[g.Name]
		return g.Required && g.Or == f.Name && !there
	})
}

// ownTime says whether the time has a header that is of this kind and not of any
// time, such as churn_date.
func (p *plan) ownTime() bool {
	b, ok := p.fields["at"]
	if !ok || b.column < 0 || !p.src.named() {
		return false
	}
	f, _ := p.kind.field("at")
	name, _ := f.headed(p.src.columns[b.column])
	return name != "" && !strings.Contains(" "+timeNames+" ", " "+name+" ")
}

// twins says whether the two ids have headers such as node_1 and node_2.
func (p *plan) twins() bool {
	var names []string
	for _, f := range p.kind.Fields() {
		if b, ok := p.fields[f.Name]; ok && f.sort == idField && b.column >= 0 {
			names = append(names, plainName(p.src.columns[b.column]))
		}
	}
	return p.src.named() && len(names) == 2 && len(names[0]) > 2 && len(names[0]) == len(names[1]) &&
		names[0] != names[1] && names[0][:len(names[0])-1] == names[1][:len(names[1])-1]
}

// telephones says whether both ids of each row are surely telephone numbers.
func (p *plan) telephones() bool {
	n := 0
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != idField || b.column < 0 {
			continue
		}
		if n++; p.src.typed(b.column) || !mostlyThere(p.src.values(b.column), internationalNumber.MatchString) {
			return false
		}
	}
	return n == 2
}

// internationalNumber is a telephone number that can be nothing else: it has a plus
// or brackets.
var internationalNumber = regexp.MustCompile(`^(?:\+[1-9]|\([0-9])[0-9 ()./-]{6,20}$`)

// fileNamed is the word in the file's name that tells the kind.
func (p *plan) fileNamed() string {
	name := strings.ToLower(filepath.Base(p.src.path))
	for _, word := range kindWords[p.kind] {
		if strings.Contains(name, word) {
			return word
		}
	}
	return ""
}

// settleKind guesses the kind of a file that is of none yet.
func (l *loading) settleKind(src *source) error {
	if l.o.Kind != "" {
		return nil
	}
	g := guessKind(src, l.o)
	if err := saidFault(src, l.o, g.Confidence >= leastKind); err != nil {
		return err
	}
	if g.Kind == "" {
		return src.fail(0, "it is not plain what it holds: %s; say it with --as, one of %s, and where the headers say little, which column is what with --map%s", g.Reason, kindList(), src.shapeHint())
	}
	if g.Confidence < leastKind {
		may := append([]Kind{g.Kind}, g.Others...)
		texts := make([]string, len(may))
		for i, k := range may {
			texts[i] = string(k)
		}
		return src.fail(0, "it is not plain what it holds: it may be %s; say which with --as%s", strings.Join(texts, " or "), src.shapeHint())
	}
	l.o.Kind = g.Kind
	l.kindNote = fmt.Sprintf("taken for %s (%s): %s", g.Kind, g.Word, g.Reason)
	return nil
}

func kindList() string {
	var names []string
	for _, k := range Kinds {
		names = append(names, string(k))
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
