package loaders

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseMap(t *testing.T) {
	for _, c := range []struct {
		text string
		want Map
		err  string
	}{
		{text: "", want: Map{}},
		{text: "caller=src,callee=dst,at=ts", want: Map{"caller": "src", "callee": "dst", "at": "ts"}},
		{text: " caller = src , callee= 2 ", want: Map{"caller": "src", "callee": "2"}},
		{text: "kind='message',at=", want: Map{"kind": "'message'", "at": ""}},
		{text: `id="a,b=""c""",name='it''s, so'`, want: Map{"id": `"a,b=""c"""`, "name": "'it''s, so'"}},
		{text: "a=b=c", want: Map{"a": "b=c"}},
		{text: "a=b,", want: Map{"a": "b"}},
		{text: "at=3 + time,b=c", want: Map{"at": "3 + time", "b": "c"}},
		{text: `at="a, b" + "c, d",b=c`, want: Map{"at": `"a, b" + "c, d"`, "b": "c"}},
		{text: `at=day+"c, d",b=c`, want: Map{"at": `day + "c, d"`, "b": "c"}},
		{text: `at="a" + c,b=c`, want: Map{"at": `"a" + c`, "b": "c"}},
		{text: `at="a" + "c`, err: "the quote before c is never closed"},
		{text: "a", err: `not understood at "a"`},
		{text: "=b", err: `not understood at "=b"`},
		{text: "a=b,,c=d", err: `not understood at ",c=d"`},
		{text: "a='b", err: "the quote before b is never closed"},
		{text: `a="b""`, err: `the quote before b"" is never closed`},
		{text: "a='b'c", err: "a comma is missing after 'b'"},
		{text: "a=b,a=c", err: "names the field a twice"},
	} {
		got, err := ParseMap(c.text)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: %v, want %s", c.text, err, c.err)
		case c.err == "" && (err != nil || cmp.Diff(c.want, got) != ""):
			t.Errorf("%s: %v, %v", c.text, err, cmp.Diff(c.want, got))
		}
		var m Map
		if err := m.UnmarshalText([]byte(c.text)); (err == nil) != (c.err == "") {
			t.Errorf("%s: as a flag: %v", c.text, err)
		}
	}
}

// A name that reference writes is the column of that name, whatever is in it.
func TestReferenceIsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-c1-3 ,='"é]{0,6}`).Draw(t, "name")
		other := rapid.StringMatching(`[a-c1-3 ,='"é]{0,6}`).Draw(t, "other")
		columns := []string{other, name}
		want := 1
		if other == name {
			want = 0
		}
		m, err := ParseMap("x=" + reference(name) + ",y=z")
		if err != nil {
			t.Fatal(err)
		}
		b, ok := bind(m["x"], columns)
		if !ok || b.column != want {
			t.Fatalf("%q is %+v, %v", m["x"], b, ok)
		}
	})
}

// The two columns of a time are found again, whatever is in their names. (Where
// twins go by number, no other column may have that number for its name.)
func TestPairIsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[ab+ ,='"é]{0,6}`)
		p := &plan{src: &source{columns: rapid.SliceOfN(name, 2, 4).Draw(t, "columns")}}
		last := len(p.src.columns) - 1
		want := binding{column: rapid.IntRange(0, last).Draw(t, "date"), clock: 1 + rapid.IntRange(0, last).Draw(t, "clock")}
		m, err := ParseMap("x=" + p.where(want) + ",y=z")
		if err != nil {
			t.Fatal(err)
		}
		b, ok := bind(m["x"], p.src.columns)
		if !ok {
			b, ok = bindPair(m["x"], p.src.columns)
		}
		if !ok || b != want {
			t.Fatalf("%q is %+v, %v, want %+v", m["x"], b, ok, want)
		}
	})
}

func TestBind(t *testing.T) {
	columns := []string{" Name", "2", "name", "x"}
	for _, c := range []struct {
		value string
		want  int
		ok    bool
	}{
		{"name", 2, true}, // as it is written
		{"NAME", 0, true}, // else in any case, blanks aside, the first
		{"2", 1, true},    // a name before a number
		{"4", 3, true},    // a number
		{`"4"`, 0, false}, // in quotes only a name
		{"5", 0, false},   // there is no such column
		{"0", 0, false},   // they are counted from 1
		{"-1", 0, false},  //
		{"'x'", -1, true}, // a text
		{"1e1", 0, false}, //
		{"99999999999999999999", 0, false},
	} {
		b, ok := bind(c.value, columns)
		if ok != c.ok || ok && b.column != c.want {
			t.Errorf("%s: %+v, %v", c.value, b, ok)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, k := range Kinds {
		if got, err := KindOf(string(k)); err != nil || got != k {
			t.Errorf("%s: %v, %v", k, got, err)
		}
		seen := map[string]string{}
		for _, f := range k.Fields() {
			if f.Doc == "" {
				t.Errorf("%s.%s says nothing", k, f.Name)
			}
			for _, n := range strings.Fields(f.names) {
				if plainName(n) != n {
					t.Errorf("%s.%s: %q is no plain name", k, f.Name, n)
				}
				was := seen[n]
				if w, _ := k.field(was); was != "" && was != f.Name && w.Or != f.Name { // where there is no better one, it stands for the first
					t.Errorf("%s: %q stands for %s and for %s", k, n, was, f.Name)
				}
				seen[n] = f.Name
			}
		}
	}
}

// The headers of common exports are recognised.
func TestGuessByHeader(t *testing.T) {
	for _, c := range []struct {
		kind   Kind
		header string
		row    string
		want   map[string]string
	}{
		{Calls, "A-Nummer,B-Nummer,Beginn,Dauer", "1,2,1700000000,5", map[string]string{"caller": "A-Nummer", "callee": "B-Nummer", "at": "Beginn", "seconds": "Dauer", "kind": "'voice'"}},
		{Calls, "主叫號碼,被叫號碼,通話時間,通話秒數", "1,2,1700000000,5", map[string]string{"caller": "主叫號碼", "callee": "被叫號碼", "at": "通話時間", "seconds": "通話秒數", "kind": "'voice'"}},
		{Calls, "caller_id,receiver_id,start_ts,dur", "1,2,1700000000,5", map[string]string{"caller": "caller_id", "callee": "receiver_id", "at": "start_ts", "seconds": "dur", "kind": "'voice'"}},
		{Purchases, "Код клиента,Артикул,Дата,Количество,Цена,Сумма", "1,a,2024-01-01,1,2,2", map[string]string{"customer": "Код клиента", "product": "Артикул", "at": "Дата", "quantity": "Количество", "price": "Цена", "amount": "Сумма"}},
		{Contacts, "client_id,response_flag,revenue_eur", "1,Y,2.5", map[string]string{"customer": "client_id", "response": "response_flag", "revenue": "revenue_eur"}},
		{Customers, "unique_id,cluster", "1,2", map[string]string{"id": "unique_id"}},
		{Calls, "src,dst,ts,secs", "1,2,1700000000,5", map[string]string{"caller": "src", "callee": "dst", "at": "ts", "seconds": "secs", "kind": "'voice'"}},
		{Calls, "From Number,To Number,Date,Duration (sec)", "1,2,2024-01-01,5", map[string]string{"caller": "From Number", "callee": "To Number", "at": "Date", "seconds": "Duration (sec)", "kind": "'voice'"}},
		{Calls, "time,sender,receiver,increment", "1220733470,a,b,1.0", map[string]string{"caller": "sender", "callee": "receiver", "at": "time", "kind": "'voice'"}},
		{Calls, "node_1,node_2", "0,1", map[string]string{"caller": "node_1", "callee": "node_2", "kind": "'voice'"}},
		{Calls, "date,time,caller,callee", "2024-01-01,08:26,a,b", map[string]string{"caller": "caller", "callee": "callee", "at": "date + time", "kind": "'voice'"}},
		{Calls, "caller,callee,type", "a,b,friend", map[string]string{"caller": "caller", "callee": "callee", "kind": "'voice'"}},
		{Calls, "caller,callee,duration", "a,b,long", map[string]string{"caller": "caller", "callee": "callee", "kind": "'voice'"}},
		{Purchases, "Customer ID;Item;Qty;Unit Price;Order Date;Order No", "1;2;3;4;2024-01-01;5",
			map[string]string{"customer": "Customer ID", "product": "Item", "quantity": "Qty", "price": "Unit Price", "at": "Order Date", "basket": "Order No"}},
		{Purchases, "user,movie,timestamp", "1,2,978300760", map[string]string{"customer": "user", "product": "movie", "at": "timestamp"}},
		{Customers, "MSISDN,plan", "+44,x", map[string]string{"id": "MSISDN"}},
		{Products, "SKU,Title,Department,List Price", "1,a,b,2", map[string]string{"id": "SKU", "name": "Title", "category": "Department", "price": "List Price"}},
		{Visits, "session_id,url,viewed_at,time_on_page", "s,/,2024-01-01,7", map[string]string{"session": "session_id", "page": "url", "product": "url", "at": "viewed_at", "seconds": "time_on_page"}},
		{Visits, "visitor,item,time", "v,i,2024-01-01", map[string]string{"customer": "visitor", "product": "item", "at": "time"}},
		{Visits, "visitor_id,user_id,item,time", "v,u,i,2024-01-01", map[string]string{"session": "visitor_id", "customer": "user_id", "product": "item", "at": "time"}},
		{Contacts, "household_id,coupon_upc,campaign_id,redemption_date", "1,2,3,2024-01-01",
			map[string]string{"customer": "household_id", "arm": "coupon_upc", "campaign": "campaign_id", "at": "redemption_date"}},
		{Contacts, "Customer Number,Segment,Channel,Visit,Conversion,Spend", "7,Mens E-Mail,Web,1,0,0",
			map[string]string{"customer": "Customer Number", "arm": "Segment", "channel": "Channel", "response": "Visit", "conversion": "Conversion", "revenue": "Spend"}},
		{Satisfaction, "Respondent,Survey Date,NPS,Verbatim", "7,2024-01-01,9,fine", map[string]string{
			"customer": "Respondent", "at": "Survey Date", "score": "NPS", "comment": "Verbatim", "kind": "'survey'"}},
		{Churn, "subscriber,cancellation_date", "a,2024-01-01", map[string]string{"customer": "subscriber", "at": "cancellation_date"}},
	} {
		t.Run(c.header, func(t *testing.T) {
			p := planOf(t, c.kind, c.header+"\n"+c.row+"\n")
			if diff := cmp.Diff(c.want, p.mapping()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// planOf is the plan for a text.
func planOf(t testing.TB, kind Kind, text string) *plan {
	t.Helper()
	src, err := examine("in.csv", write(t, "file.csv", text))
	if err != nil {
		t.Fatal(err)
	}
	o := &Options{Kind: kind}
	if err := src.learn(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	p, err := makePlan(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDelimiterAndHeader(t *testing.T) {
	for _, c := range []struct {
		name, text string
		delim      separator
		header     bool
		columns    int
	}{
		{"comma", "caller,callee\na,b\n", ",", true, 2},
		{"semicolons with decimal commas", "id;qty;price\n1;2,50;3,75\n2;1,00;9,99\n", ";", true, 3},
		{"semicolons with decimal commas, no header", "1;2,50;3,75\n2;1,00;9,99\n", ";", false, 3},
		{"texts with semicolons", "id,text\n1,a; b\n2,c\n3,d; e; f\n", ",", true, 2},
		{"quoted delimiters", "\"a;b;c\",d\n\"e\",f\n\"g;h\",i\n", ",", true, 2},
		{"times with blanks", "a,b,2024-01-01 10:00:00\nc,d,2024-01-01 10:00:00\n", ",", false, 3},
		{"single blanks", "1 2 1082040961\n3 4 1082155839\n", " ", false, 3},
		{"runs of blanks", "  1    2   9\n 10   20  9\n", blanksDelim, false, 3},
		{"words beneath a header", "woman,event\nAnn,E1\nBea,E2\n", ",", true, 2},
		{"no header, words that recur", "Ann,Bea\nBea,Cleo\nAnn,Cleo\n", ",", false, 2},
		{"a number in the first row", "a,7\nb,8\n", ",", false, 2},
		{"two bars", "caller||callee||at||kind\na||b||2024-01-01||\nc||||2024-01-01||data\n", "||", true, 4},
		{"one bar, and a column without values", "1||x|2\n2||y|4\n", "|", false, 4},
		{"one semicolon, and no values at the end", "1;2;;\n2;3;;\n", ";", false, 4},
		{"two colons", "1::1193::5::978300760\n1::661::3::978302109\n", "::", false, 4},
		{"two colons around bars, commas and blanks", "1::Toy Story (1995)::Animation|Children's|Comedy\n2::Money, The (1995)::Drama\n", "::", false, 3},
		{"addresses with two colons", "a,fe80::1,7\nb,fe80::2,8\n", ",", false, 3},
		{"three characters", "caller~|~callee\n\"a~|~\"\"x\"~|~b\nc~|~\n", "~|~", true, 2},
		{"a bar of two bytes", "caller¦callee\na¦b\n", "¦", true, 2},
		{"one column", "id\n1\n2\n", ",", true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, err := examine("in.csv", write(t, "file.csv", c.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := src.learn(t.Context(), &Options{Kind: Calls}); err != nil {
				t.Fatal(err)
			}
			if src.d.delim != c.delim || src.header != c.header || len(src.columns) != c.columns {
				t.Errorf("delimiter %q, header %t, %d columns", src.d.delim, src.header, len(src.columns))
			}
		})
	}
}

func FuzzParseMap(f *testing.F) {
	for _, s := range []string{"caller=src,callee=dst", "kind='message'", `id="a,b"`, "a=", "=", "'", `a="`, "a='b''c',d=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMap(text)
		if err != nil {
			return
		}
		again, err := ParseMap(m.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, m.String(), err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Fatalf("%q became %q: %s", text, m.String(), diff)
		}
		for _, value := range m {
			if b, ok := bind(value, []string{"a", "b,c", "", "1"}); ok && (b.column < -1 || b.column > 3) {
				t.Fatalf("%q is column %d", value, b.column)
			}
		}
	})
}
