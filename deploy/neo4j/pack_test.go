package neo4j_test

import (
	"flag"
	"fmt"
	"html"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	pack "kith/deploy/neo4j"
)

var update = flag.Bool("update", false, "rewrite the guide's queries and the picture of Neo4j Browser")

func favourites(t testing.TB) []pack.Favourite {
	t.Helper()
	list, err := pack.Favourites()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A favourite is one statement that Neo4j Browser and cypher-shell take as it is,
// with its question in the first line, and an end to its rows.
func TestFavouritesAreWellFormed(t *testing.T) {
	titles := map[string]bool{}
	for i, f := range favourites(t) {
		text := string(f.Text)
		if want := fmt.Sprintf("kith %02d: ", i+1); !strings.HasPrefix(f.Title, want) || !strings.HasPrefix(f.Name, want[5:7]+"-") || titles[f.Title] {
			t.Errorf("%s has the title %q", f.Name, f.Title)
		}
		titles[f.Title] = true
		if !strings.HasPrefix(text, "//"+f.Title+"\n// ") {
			t.Errorf("%s doesn't begin with its title and what it shows:\n%s", f.Name, text)
		}
		if strings.Contains(text, ";") || strings.Contains(text, "\n\n") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s has a semicolon, an empty line or no end", f.Name)
		}
		m := regexp.MustCompile(`LIMIT (\d+)`).FindAllStringSubmatch(text, -1)
		if len(m) == 0 {
			if !strings.Contains(text, "LIMIT") {
				t.Errorf("%s has no LIMIT", f.Name)
			}
			continue
		}
		if n, _ := strconv.Atoi(m[len(m)-1][1]); n > 300 {
			t.Errorf("%s gives up to %d rows", f.Name, n)
		}
	}
}

// sectionOf is what the guide shows of a favourite: what it says in its comment as
// prose, and the query with its title.
func sectionOf(f pack.Favourite) string {
	var prose, query []string
	for i, line := range strings.Split(strings.TrimSuffix(string(f.Text), "\n"), "\n") {
		if comment, ok := strings.CutPrefix(line, "// "); ok && i > 0 && len(query) == 1 {
			prose = append(prose, comment)
		} else {
			query = append(query, line)
		}
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	return fmt.Sprintf("<section data-favourite=%q>\n<p>%s</p>\n<figure><pre class=\"pre-scrollable code runnable\">%s</pre></figure>\n</section>",
		f.Name, escape.Replace(strings.Join(prose, " ")), escape.Replace(strings.Join(query, "\n")))
}

// The guide shows every favourite, once, as it is.
func TestGuideShowsTheFavourites(t *testing.T) {
	section := regexp.MustCompile(`(?s)<section data-favourite="([^"]*)">.*?</section>`)
	byName := map[string]pack.Favourite{}
	var want, got []string
	for _, f := range favourites(t) {
		byName[f.Name] = f
		want = append(want, f.Name)
	}
	text := section.ReplaceAllStringFunc(string(pack.Guide()), func(old string) string {
		name := section.FindStringSubmatch(old)[1]
		got = append(got, name)
		return sectionOf(byName[name])
	})
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the guide has other favourites (-want +got):\n%s", d)
	}
	if text == string(pack.Guide()) {
		return
	}
	if !*update {
		t.Fatalf("the guide differs from the favourites; -update brings it up to date:\n%s", cmp.Diff(text, string(pack.Guide())))
	}
	if err := os.WriteFile("guide.html", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Neo4j Browser takes scripts and handlers out of a guide, and shows the slides.
func TestGuideIsPlain(t *testing.T) {
	text := string(pack.Guide())
	slides := strings.Count(text, "<slide")
	if slides < 5 || strings.Count(text, "</slide>") != slides || strings.Count(text, "<h3>") != slides {
		t.Errorf("the guide has %d slides", slides)
	}
	if found := regexp.MustCompile(`(?i)<script|\son\w+\s*=|javascript:|<img|<link`).FindString(text); found != "" {
		t.Errorf("the guide has %q", found)
	}
	for _, address := range regexp.MustCompile(`https?://[^"<\s]*`).FindAllString(text, -1) {
		if !strings.HasPrefix(address, pack.Home) {
			t.Errorf("the guide leads to %s", html.EscapeString(address))
		}
	}
}

// rules reads a style sheet as Neo4j Browser does.
func rules(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)\s*([^{]+?)\s*\{((?:"[^"]*"|[^}"])*)\}`).FindAllStringSubmatch(string(pack.StyleSheet()), -1) {
		rule := map[string]string{}
		for _, line := range strings.Split(m[2], ";") {
			if name, value, ok := strings.Cut(line, ":"); ok {
				rule[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
		all[m[1]] = rule
	}
	return all
}

// Everything that an analyst meets has a colour and a caption, the caption can be
// read on its colour, and the colours can be told apart without red and green.
func TestStyleSheet(t *testing.T) {
	all := rules(t)
	nodes := []string{"node", "node.Customer", "node.Product", "node.Community", "node.Run"}
	ties := []string{"relationship.CALLED", "relationship.BOUGHT", "relationship.VIEWED", "relationship.MEMBER_OF", "relationship.PREFERS"}
	for _, name := range append(nodes[1:], ties...) {
		if all[name]["caption"] == "" || all[name]["color"] == "" {
			t.Errorf("%s has no colour or caption: %v", name, all[name])
		}
	}
	for _, name := range nodes {
		r := all[name]
		if c := contrast(colour(t, r["color"]), colour(t, r["text-color-internal"])); c < 4.5 {
			t.Errorf("the caption of %s has a contrast of %.1f, want 4.5 as WCAG 2 asks", name, c)
		}
		if size, _ := strconv.Atoi(strings.TrimSuffix(r["font-size"], "px")); size < 10 {
			t.Errorf("the caption of %s is %s high", name, r["font-size"])
		}
	}
	for _, group := range [][]string{nodes, ties} {
		for i, a := range group {
			for _, b := range group[:i] {
				for sight, seen := range sights {
					if d := distance(seen.see(colour(t, all[a]["color"])), seen.see(colour(t, all[b]["color"]))); d < 12 {
						t.Errorf("to %s %s and %s differ by %.1f only", sight, a, b, d)
					}
				}
			}
		}
	}
}

// rgb is a colour in linear light, 0..1.
type rgb [3]float64

func colour(t *testing.T, text string) rgb {
	t.Helper()
	var c [3]uint8
	if _, err := fmt.Sscanf(text, "#%02X%02X%02X", &c[0], &c[1], &c[2]); err != nil {
		t.Fatalf("%q is no colour: %v", text, err)
	}
	var linear rgb
	for i, v := range c {
		if s := float64(v) / 255; s <= .04045 {
			linear[i] = s / 12.92
		} else {
			linear[i] = math.Pow((s+.055)/1.055, 2.4)
		}
	}
	return linear
}

// contrast is that of WCAG 2, 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func luminance(c rgb) float64 { return .2126*c[0] + .7152*c[1] + .0722*c[2] }

// sight is what somebody sees of linear light: the matrices for full protanopia,
// deuteranopia and tritanopia of Machado, Oliveira and Fernandes
// (doi:10.1109/TVCG.2009.113), Table 1.
type sight [9]float64

var sights = map[string]sight{
	"most people":     {1, 0, 0, 0, 1, 0, 0, 0, 1},
	"the red-blind":   {.152286, 1.052583, -.204868, .114503, .786281, .099216, -.003882, -.048116, 1.051998},
	"the green-blind": {.367322, .860646, -.227968, .280085, .672501, .047413, -.011820, .042940, .968881},
	"the blue-blind":  {1.255528, -.076749, -.178779, -.078411, .930809, .147602, .004733, .691367, .303900},
}

func (s sight) see(c rgb) (seen rgb) {
	for i := range seen {
		seen[i] = min(max(s[3*i]*c[0]+s[3*i+1]*c[1]+s[3*i+2]*c[2], 0), 1)
	}
	return seen
}

// distance is CIE 1976 ΔE; 2.3 is just noticeable.
func distance(a, b rgb) float64 {
	x, y := lab(a), lab(b)
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

func lab(c rgb) [3]float64 {
	f := func(v float64) float64 {
		if v > 216./24389 {
			return math.Cbrt(v)
		}
		return (24389./27*v + 16) / 116
	}
	x := f((.4124564*c[0] + .3575761*c[1] + .1804375*c[2]) / .95047)
	y := f(luminance(c))
	z := f((.0193339*c[0] + .1191920*c[1] + .9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}
