package neo4j_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kith/api"
)

// picture is what the docs show.
var picture = filepath.Join("..", "..", "docs", "images", "neo4j-browser.png")

// chromium finds a browser. Where there is none the test is left out, but not in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if ci, _ := strconv.ParseBool(os.Getenv("CI")); ci {
		t.Fatal("Neo4j Browser is tested in Chromium, which is not on the PATH")
	}
	t.Skip("left out: Neo4j Browser, as no Chromium is on the PATH")
	return ""
}

// window is a browser window.
type window struct{ ctx context.Context }

// openWindow starts a browser that ends with the test.
func openWindow(t *testing.T, path string) window {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1600, 790), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("headless", "new"), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		// Nothing but this machine has a name.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	return window{ctx}
}

func (w window) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(w.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// wait evaluates an expression until it is true.
func (w window) wait(t *testing.T, what, expression string) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			shot, _ := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
			path := filepath.Join(os.TempDir(), "kith-neo4j-browser.png")
			_ = os.WriteFile(path, shot, 0o600)
			t.Fatalf("%s did not come to pass (%v); the window is in %s", what, err, path)
		}
	}
}

// pick runs a favourite from the guide, as an analyst does: a click on the query
// puts it into the editor, another runs it.
func (w window) pick(t *testing.T, favourite string) {
	t.Helper()
	query := fmt.Sprintf(`document.querySelector('section[data-favourite=%q] pre')`, favourite)
	for range 12 {
		if there, _ := chromedp.Run(w.ctx, chromedp.Evaluate[bool](query+" !== null")); there {
			break
		}
		w.do(t, chromedp.Click(`[data-testid="guideNextSlide"]`), chromedp.Sleep(150*time.Millisecond))
	}
	w.wait(t, "the slide with "+favourite, query)
	w.do(t, chromedp.Evaluate[chromedp.Void](query+".click()"))
	w.wait(t, favourite+" in the editor", fmt.Sprintf(`document.querySelector('[data-testid="activeEditor"]').innerText.replace(/\u00a0/g, ' ').includes(%q)`, "kith "+favourite[:2]))
	w.do(t, chromedp.Click(`[data-testid="editor-Run"]`))
}

// drawn is a node or a tie as it is drawn.
type drawn struct {
	Fill, Caption string
	Radius        float64
}

// browse logs in to Neo4j Browser as docker-compose.yml sets it up, and looks at a
// community as the guide says.
func browse(t *testing.T, path string, a *analyst) {
	w := openWindow(t, path)
	bolt := strings.TrimPrefix(a.server.URI, "bolt://")
	w.do(t, chromedp.Navigate(a.server.HTTP+"/browser/?dbms="+url.QueryEscape("bolt://neo4j@"+bolt)+"&db=neo4j"))
	w.wait(t, "the log-in", `document.querySelector('[data-testid="password"]')`)
	w.do(t, chromedp.SendKeys(`[data-testid="password"]`, a.server.Password), chromedp.Click(`[data-testid="connect"]`))

	// What the server's settings begin with: our colours, and our guide.
	w.wait(t, "the guide", `[...document.querySelectorAll('h3')].some(h => h.textContent === 'Your customers, by the company they keep')`)
	w.wait(t, "the style sheet", fmt.Sprintf(`document.querySelector('[data-testid="stream"]').innerText.includes(%q)`, rules(t)["node.Customer"]["color"]))

	w.pick(t, "01-choose")
	w.wait(t, "the parameters", fmt.Sprintf(`document.querySelector('[data-testid="rawParamData"]')?.textContent.includes('"community": "%s"')`, a.params["community"]))
	w.pick(t, "02-community")
	size := len(a.result.Levels[0].MembersOf(a.numbered(a.params["community"].(string))))
	w.wait(t, "the drawing", fmt.Sprintf(`document.querySelectorAll('[data-testid="frame"] g.node').length === %d`, size+1))

	// Room for the drawing, which then comes to rest.
	w.do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-testid="frame"] button[aria-label*="ollapse"], [data-testid="frame"] [data-testid="vizInspector"] button')?.click()`))
	still := `(() => { const now = [...document.querySelectorAll('[data-testid="frame"] g.node')].map(n => n.getAttribute('transform')).join();
		const rest = window.kithBefore === now; window.kithBefore = now; return rest })()`
	w.wait(t, "rest", still)

	nodes, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]drawn](`[...document.querySelectorAll('[data-testid="frame"]')][0] &&
		[...document.querySelectorAll('[data-testid="frame"] g.node')].map(n => { const c = n.querySelector('circle.b-outline');
		return {Fill: getComputedStyle(c).fill, Caption: n.textContent.trim(), Radius: c.r.baseVal.value} })`))
	if err != nil {
		t.Fatal(err)
	}
	looksLikeOurs(t, a, nodes)

	shot, err := chromedp.Run(w.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if img, err := png.DecodeConfig(bytes.NewReader(shot)); err != nil || img.Width < 1600 {
		t.Errorf("the picture is %v wide (%v)", img.Width, err)
	}
	if *update {
		if err := os.WriteFile(picture, shot, 0o600); err != nil {
			t.Fatal(err)
		}
	} else if _, err := os.Stat(picture); err != nil {
		t.Error(err)
	}
}

// looksLikeOurs holds what is drawn against the style sheet.
func looksLikeOurs(t *testing.T, a *analyst, nodes []drawn) {
	t.Helper()
	all := rules(t)
	seen := map[string]int{}
	for _, n := range nodes {
		label := "node.Customer"
		id, _, _ := strings.Cut(n.Caption, " ")
		if id == a.params["community"] {
			label = "node.Community"
		} else if u, ok := a.result.Customers.Find(id); !ok || !strings.Contains(n.Caption, a.result.Role[u].String()) {
			t.Errorf("a customer has the caption %q", n.Caption)
		}
		var c [3]uint8
		if _, err := fmt.Sscanf(all[label]["color"], "#%02X%02X%02X", &c[0], &c[1], &c[2]); err != nil {
			t.Fatal(err)
		}
		diameter, _ := strconv.ParseFloat(strings.TrimSuffix(all[label]["diameter"], "px"), 64)
		if want := fmt.Sprintf("rgb(%d, %d, %d)", c[0], c[1], c[2]); n.Fill != want || n.Radius != diameter/2 {
			t.Errorf("%q is drawn in %s with a radius of %v, want %s and %v", n.Caption, n.Fill, n.Radius, want, diameter/2)
		}
		seen[label]++
	}
	if seen["node.Community"] != 1 {
		t.Errorf("%d communities are drawn", seen["node.Community"])
	}
}

// files serves what kith serves for Neo4j Browser, on a port of its own and without
// a result.
func files(t *testing.T) (home string) {
	t.Helper()
	s, err := api.New(api.Options{Key: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/browser/"
}
