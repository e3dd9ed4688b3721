package api

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"kith/deploy/neo4j"
)

// browserHome is where the files for Neo4j Browser are. They hold nothing of
// anybody's, and are open to every page: Neo4j Browser, which fetches them, comes
// from another origin and has no key to show.
const browserHome = "/browser/"

// browserFile is one of them, ready to be sent.
type browserFile struct {
	contentType string
	// content makes the file for a client that reaches this server at base.
	content func(base string) []byte
}

// browser adds the style sheet, the guide and the favourites for Neo4j Browser,
// and a page that says how to use them.
func (s *Server) browser(e *echo.Echo) error {
	favourites, err := neo4j.Favourites()
	if err != nil {
		return err
	}
	archive, err := zipped(favourites)
	if err != nil {
		return err
	}
	fixed := func(contentType string, content []byte) browserFile {
		return browserFile{contentType, func(string) []byte { return content }}
	}
	files := map[string]browserFile{
		"style.grass": fixed("text/plain; charset=utf-8", neo4j.StyleSheet()),
		"guide.html": {"text/html; charset=utf-8", func(base string) []byte {
			return bytes.ReplaceAll(neo4j.Guide(), []byte(neo4j.Home), []byte(base))
		}},
		"favourites.zip": fixed("application/zip", archive),
	}
	for _, f := range favourites {
		files["favourites/"+f.Name+".cypher"] = fixed("text/plain; charset=utf-8", f.Text)
	}
	pack := middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024})
	for name, f := range files {
		e.GET(browserHome+name, shared(f), pack)
		e.OPTIONS(browserHome+name, preflight)
	}
	e.GET(browserHome, func(c echo.Context) error {
		c.Response().Header()["Cache-Control"] = revalidate
		page := browserPage{s.frame("For Neo4j Browser", nil), baseOf(c.Request()) + browserHome, favourites}
		return s.pages.render(c.Response(), http.StatusOK, "browser", page)
	})
	e.GET("/browser", func(c echo.Context) error { return c.Redirect(http.StatusPermanentRedirect, browserHome) })
	return nil
}

type browserPage struct {
	frame
	Base       string
	Favourites []neo4j.Favourite
}

// shared serves a file to pages of every origin.
func shared(f browserFile) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		return asset(f.content(baseOf(c.Request())+browserHome), f.contentType)(c)
	}
}

// preflight answers a browser that asks whether it may fetch one of the files with
// headers of its own, as Neo4j Browser does (Cache-Control, Pragma, Sentry-Trace,
// others with each version), or from a page of the internet into a private network.
func preflight(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "*")
	h.Set("Access-Control-Max-Age", "600")
	if c.Request().Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	return c.NoContent(http.StatusNoContent)
}

// plainHost is a Host header that can stand in a page as it is.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?$`)

// baseOf is where the client reaches this server, without a slash at the end.
func baseOf(r *http.Request) string {
	host := r.Host
	if !plainHost.MatchString(host) {
		host = "localhost:8080"
	}
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + host
	}
	return "http://" + host
}

// zipped packs all favourites into one file, the same each time.
func zipped(favourites []neo4j.Favourite) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range favourites {
		w, err := z.Create(f.Name + ".cypher")
		if err == nil {
			_, err = w.Write(f.Text)
		}
		if err != nil {
			return nil, fmt.Errorf("pack the favourite %s: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack the favourites: %w", err)
	}
	return b.Bytes(), nil
}
