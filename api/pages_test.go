package api

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var reference = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// TestPagesLinkToPages follows every link from the first page on. Each answers,
// stays on this server, and all customers in sight are reached, whatever their
// ids.
func TestPagesLinkToPages(t *testing.T) {
	s := serving(t, func(o *Options) { o.Result = made(t, "r1", 160, 6, 12) })
	waiting, seen := []string{"/"}, map[string]bool{"/": true}
	for len(waiting) > 0 {
		target := waiting[0]
		waiting = waiting[1:]
		w := get(t, s, target, "Accept", "text/html")
		if w.Code != http.StatusOK && w.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", target, w.Code)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || strings.HasPrefix(target, "/docs") {
			continue
		}
		if w.Header().Get("Content-Security-Policy") != contentPolicy || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", target, w.Header())
		}
		for _, match := range reference.FindAllStringSubmatch(w.Body.String(), -1) {
			link := html.UnescapeString(match[1])
			if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") {
				t.Errorf("%s refers to %s", target, link)
			}
			if !seen[link] {
				seen[link] = true
				waiting = append(waiting, link)
			}
		}
	}
	for _, id := range awkward {
		if !seen["/customers/"+url.PathEscape(id)] {
			t.Errorf("no page links to customer %q", id)
		}
	}
	for _, want := range []string{"/style.css", "/icon.svg", "/docs", "/customers", "/?level=1&sort=risk", "/?sort=density", "/communities/c1-0"} {
		if !seen[want] && !strings.Contains(want, "style") {
			t.Errorf("no page refers to %s", want)
		}
	}
}

// TestPagesEscape: an id that is markup stays text wherever it stands.
func TestPagesEscape(t *testing.T) {
	s := serving(t, nil)
	script := `<script>alert(1)</script>`
	for _, target := range []string{
		"/customers/" + url.PathEscape(script), "/communities/c0-0", "/customers/" + url.PathEscape(`"quoted"`),
		"/customers/" + url.PathEscape(`<img src=x onerror=alert(1)>`), "/?sort=%3Cscript%3E", "/communities/" + url.PathEscape(script),
		"/" + url.PathEscape(script),
	} {
		body := get(t, s, target, "Accept", "text/html").Body.String()
		if strings.Contains(body, "<script") || strings.Contains(body, "<img src=x") {
			t.Errorf("%s has markup from an id:\n%s", target, body)
		}
	}
	body := get(t, s, "/customers/"+url.PathEscape(script)).Body.String()
	if !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Errorf("the id is not shown:\n%s", body)
	}
}

func TestFirstPage(t *testing.T) {
	s := serving(t, nil)
	body := get(t, s, "/").Body.String()
	for _, want := range []string{
		"Communities at risk", "1 March 2026, 02:00 UTC", "as of 1 March 2026, 00:00 UTC", `<dd>30</dd>`, "5 have left",
		`href="/communities/c0-2"`, "25.0\u00a0%", "600.00\u00a0EUR", "<code>r1</code>", "kith v0",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the first page lacks %q:\n%s", want, body)
		}
	}
	if strings.Index(body, "c0-2") > strings.Index(body, "c0-1") {
		t.Error("the community of the highest risk does not stand first")
	}
	bySize := get(t, s, "/?sort=size&level=1").Body.String()
	if !strings.Contains(bySize, "Communities by size") || !strings.Contains(bySize, `href="/communities/c1-1"`) {
		t.Errorf("by size, level 1:\n%s", bySize)
	}
	for _, bad := range []string{"/?sort=x", "/?level=9", "/?level=x", "/?cursor=x"} {
		if w := get(t, s, bad, "Accept", "text/html"); w.Code != 400 {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestPagesOfPages(t *testing.T) {
	s := serving(t, func(o *Options) { o.Result = made(t, "r1", 160, 60, 12) })
	more := regexp.MustCompile(`<p class="more"><a href="([^"]*)"`)
	first := get(t, s, "/communities/c0-0").Body.String()
	link := more.FindStringSubmatch(first)
	if link == nil {
		t.Fatal("a community of 60 has no second page of members")
	}
	second := get(t, s, html.UnescapeString(link[1])).Body.String()
	members := regexp.MustCompile(`<tr[^>]*><td><a class="id" title="[^"]*" href="([^"]*)"`)
	listed := make(map[string]bool)
	for _, page := range []string{first, second} {
		for _, m := range members.FindAllStringSubmatch(page, -1) {
			if listed[m[1]] {
				t.Errorf("%s is listed twice", m[1])
			}
			listed[m[1]] = true
		}
	}
	if len(listed) != 60 || more.MatchString(second) {
		t.Errorf("two pages list %d members", len(listed))
	}
}

func TestFirstPageWithoutResult(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		curl   bool
	}{
		"with a data folder":    {func(o *Options) { o.Result = nil }, true},
		"without a data folder": {func(o *Options) { o.Result, o.Runner = nil, nil }, false},
	} {
		w := get(t, serving(t, c.change), "/")
		body := w.Body.String()
		if w.Code != 200 || !strings.Contains(body, "kith demo") || !strings.Contains(body, "kith analyze --data DIR") {
			t.Errorf("%s: %d %s", name, w.Code, body)
		}
		if strings.Contains(body, "curl -X POST http://localhost:8080/v1/runs") != c.curl {
			t.Errorf("%s: %s", name, body)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the page without a result may be kept", name)
		}
	}
}

func TestCustomerPageShowsTheReceipt(t *testing.T) {
	s := serving(t, nil)
	body := get(t, s, "/customers/c00014").Body.String()
	for _, want := range []string{"Without departures near", "10.0\u00a0%", `c00012</a> left`, "6.0\u00a0%", "Others who left", "1.0\u00a0%", `width="60.0"`, "Strongest ties"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if gone := get(t, s, "/customers/c00012").Body.String(); !strings.Contains(gone, "has left and is not scored") {
		t.Errorf("the page of one who left:\n%s", gone)
	}
}

func TestFindCustomer(t *testing.T) {
	s := serving(t, nil)
	for sent, want := range map[string]string{
		"c00012": "/customers/c00012", "+a%2Fb%3Fc%23d+": "/customers/a%2Fb%3Fc%23d", "": "/", "//evil.example": "/customers/%2F%2Fevil.example",
	} {
		w := get(t, s, "/customers?id="+sent)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("search for %q leads to %d %s", sent, w.Code, w.Header().Get("Location"))
		}
	}
}

// TestDocsStayHere: the page of the API takes all of its files from this server.
func TestDocsStayHere(t *testing.T) {
	s := serving(t, nil)
	w := get(t, s, "/docs")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "/openapi.yaml") {
		t.Fatalf("/docs: %d %s", w.Code, w.Body)
	}
	found := 0
	for _, match := range reference.FindAllStringSubmatch(w.Body.String(), -1) {
		link := html.UnescapeString(match[1])
		if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") {
			t.Errorf("/docs refers to %s", link)
		} else if asset := get(t, s, link); asset.Code != 200 || asset.Body.Len() == 0 {
			t.Errorf("%s: %d with %d bytes", link, asset.Code, asset.Body.Len())
		}
		found++
	}
	if found < 4 {
		t.Errorf("/docs refers to %d files only:\n%s", found, w.Body)
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "http") {
		t.Errorf("policy %q", policy)
	}
}

func TestContractIsServed(t *testing.T) {
	s := serving(t, nil)
	w := get(t, s, "/openapi.yaml")
	if w.Body.String() != string(contractText) || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("/openapi.yaml: %d %v", w.Code, w.Header())
	}
	packed := get(t, s, "/openapi.yaml", "Accept-Encoding", "gzip")
	if packed.Header().Get("Content-Encoding") != "gzip" || packed.Body.Len() > len(contractText)/2 {
		t.Errorf("with gzip: %v, %d bytes", packed.Header(), packed.Body.Len())
	}
	if list := get(t, s, "/v1/communities", "Accept-Encoding", "gzip"); list.Header().Get("Content-Encoding") != "" {
		t.Error("an answer with a strong validator is compressed")
	}
}

func TestFigures(t *testing.T) {
	got := map[string]string{
		"percent": percent(.1234), "percent 0": percent(0), "money": money(12.5, "EUR"), "money large": money(1234567.8, ""),
		"money negative": money(-1234.5, "EUR"), "decimals": decimals(.123456), "decimals whole": decimals(7.0), "decimals large": decimals(12345.6),
		"grouped": grouped("1234567"), "grouped small": grouped("123"), "grouped negative": grouped("-1234.5"),
	}
	want := map[string]string{
		"percent": "12.3\u00a0%", "percent 0": "0.0\u00a0%", "money": "12.50\u00a0EUR", "money large": "1,234,568",
		"money negative": "-1,234\u00a0EUR", "decimals": "0.123", "decimals whole": "7", "decimals large": "12,346",
		"grouped": "1,234,567", "grouped small": "123", "grouped negative": "-1,234.5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

// TestPagesTellWhoHasLeft: a leader who has left is an alarm, and where nobody
// is known to have left the first page says what to load.
func TestPagesTellWhoHasLeft(t *testing.T) {
	r := made(t, "r1", 160, 6, 12)
	leader := r.Levels[0].Leader[1]
	r.Gone[leader] = true
	s := serving(t, func(o *Options) { o.Result = r })
	for _, target := range []string{"/communities/c0-1", "/?sort=size"} {
		if body := get(t, s, target, "Accept", "text/html").Body.String(); !strings.Contains(body, "has left</strong>") {
			t.Errorf("%s does not say that a leader has left", target)
		}
	}
	if body := get(t, s, "/", "Accept", "text/html").Body.String(); strings.Contains(body, "Nobody is known to have left") {
		t.Error("the first page says that nobody has left")
	}
	clear(r.Gone)
	clear(r.Risk)
	r.Run.BaseRisk = 0
	for i := range r.Levels {
		clear(r.Levels[i].Risk)
	}
	s = serving(t, func(o *Options) { o.Result = r })
	body := get(t, s, "/", "Accept", "text/html").Body.String()
	if !strings.Contains(body, "Nobody is known to have left") || strings.Contains(body, "has left</strong>") {
		t.Error("the first page does not say what to do where nobody has left")
	}
	if !strings.Contains(body, "Communities by size") {
		t.Error("the first page is in the order of a risk that there is not")
	}
	for _, target := range []string{"/", "/communities/c0-1", "/customers/" + r.Customers.At(leader)} {
		body := get(t, s, target, "Accept", "text/html").Body.String()
		if !strings.Contains(body, "not told") || strings.Contains(body, ">0.0 %") || strings.Contains(body, "risk 0.0 %") {
			t.Errorf("%s tells a risk where nobody has left", target)
		}
	}
}
