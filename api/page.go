package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"kith/community/recommend"
)

// wantsPage says whether an error is to be a page: for whoever prefers HTML and
// asks for none of the paths that programs read.
func (s *Server) wantsPage(c echo.Context) bool {
	path := c.Request().URL.Path
	return strings.Contains(c.Request().Header.Get("Accept"), "text/html") &&
		!strings.HasPrefix(path, "/v1/") && !slices.Contains([]string{"/healthz", "/readyz", "/metrics", "/openapi.yaml"}, path)
}

// frame is what surrounds a page of a snapshot, which may be nil.
func (s *Server) frame(title string, of *snapshot) frame {
	f := frame{Title: title, Style: s.pages.hash, Version: s.options.Version}
	if of != nil {
		f.Result = of.Run.ID
	}
	return f
}

// page makes a handler of what fills a page. Its validator is weak, as the page
// may be sent compressed or not.
func (s *Server) page(fill func(*snapshot, echo.Context) (name string, data any, err error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		snapshot := s.snapshot.Load()
		header := c.Response().Header()
		if snapshot == nil {
			header["Cache-Control"] = noStore
			data := emptyPage{s.frame("Nothing yet", nil), s.options.Runner != nil, "http://" + c.Request().Host}
			return s.pages.render(c.Response(), http.StatusOK, "empty", data)
		}
		name, data, err := fill(snapshot, c)
		if err != nil {
			return err
		}
		etag := snapshot.etag
		if own, ok := data.(interface{ etagOf() string }); ok && own.etagOf() != "" {
			etag = own.etagOf()
		}
		header.Set("Etag", "W/"+etag)
		header["Cache-Control"] = revalidate
		if matches(c.Request().Header["If-None-Match"], etag) {
			return c.NoContent(http.StatusNotModified)
		}
		return s.pages.render(c.Response(), http.StatusOK, name, data)
	}
}

type emptyPage struct {
	frame
	Runs bool
	Base string
}

// pathID is the id in the path of a page.
func pathID(c echo.Context) (string, error) {
	id := c.Param("id")
	if c.Request().URL.RawPath == "" {
		return id, nil
	}
	text, err := url.PathUnescape(id)
	if err != nil {
		return "", badRequest(ParameterError{"id", "is not a well-formed path segment"})
	}
	return text, nil
}

// recommendations are items as the API shows them.
func (s *snapshot) recommendations(items []recommend.Item, own string) ([]Recommendation, error) {
	var list []Recommendation
	text := append(s.appendItems([]byte{'['}, items, own), ']')
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("read the recommendations back: %w", err)
	}
	return list, nil
}
