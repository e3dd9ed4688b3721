package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"
)

// guard lets in who shows the key. A server without a key is on loopback, where
// every page in a browser of the same machine could reach it: it answers only to
// the machine's own names, so that no page that rebinds its name reads it. Nor
// does any server take changes that a page of another site sent. Probes need no
// key, and style sheets no secret.
func (s *Server) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method != http.MethodGet && s.crossOrigin.Check(r) != nil {
			return &problemError{
				status: http.StatusForbidden, kind: "cross-origin", title: "From another site",
				detail: "the request was sent by a page of another site",
			}
		}
		switch {
		case s.options.Key == "":
			if !ownName(r.Host) {
				return &problemError{
					status: http.StatusMisdirectedRequest, kind: "foreign-host", title: "Not a name of this machine",
					detail: "without a key the server answers to localhost, 127.0.0.1 and ::1 only: set KITH_API_KEY to serve it under another name",
				}
			}
		case !open(r.URL.Path) && !shown(r, s.keyHash):
			challenge := `Bearer realm="kith"`
			if s.wantsPage(c) {
				challenge = `Basic realm="kith", charset="UTF-8"`
			}
			c.Response().Header().Set("WWW-Authenticate", challenge)
			return &problemError{
				status: http.StatusUnauthorized, kind: "key-needed", title: "A key is needed",
				detail: "send the key of this server as Authorization: Bearer KEY; in a browser give it as the password of any user",
			}
		}
		return next(c)
	}
}

// open says whether a path can be had without a key: probes, the files for Neo4j
// Browser, and what the page about them looks like.
func open(path string) bool {
	switch path {
	case "/healthz", "/readyz", "/browser", "/style.css", "/icon.svg":
		return true
	}
	return strings.HasPrefix(path, browserHome)
}

// shown says whether the request has the key. Hashes are compared, in constant
// time, so that neither the key nor its length shows in the time it takes.
func shown(r *http.Request, want [sha256.Size]byte) bool {
	_, key, basic := r.BasicAuth()
	if !basic {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "bearer") {
			return false
		}
		key = strings.TrimSpace(token)
	}
	got := sha256.Sum256([]byte(key))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// ownName says whether a Host header names the machine itself.
func ownName(host string) bool {
	if rest, bracket := strings.CutPrefix(host, "["); bracket {
		host, _, _ = strings.Cut(rest, "]")
	} else {
		host, _, _ = strings.Cut(host, ":")
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
