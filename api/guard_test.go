package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestKey(t *testing.T) {
	s := serving(t, func(o *Options) { o.Key = "secret" })
	basic := func(password string) string {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.SetBasicAuth("anyone", password)
		return r.Header.Get("Authorization")
	}
	for _, c := range []struct {
		target, authorization string
		status                int
	}{
		{"/v1/communities", "", 401},
		{"/v1/communities", "Bearer wrong", 401},
		{"/v1/communities", "Bearer ", 401},
		{"/v1/communities", "Bearer secretsecret", 401},
		{"/v1/communities", "secret", 401},
		{"/v1/communities", "Basic secret", 401},
		{"/v1/communities", basic("wrong"), 401},
		{"/v1/communities", "Bearer secret", 200},
		{"/v1/communities", "bearer secret", 200},
		{"/v1/communities", basic("secret"), 200},
		{"/", "", 401},
		{"/", basic("secret"), 200},
		{"/metrics", "", 401},
		{"/openapi.yaml", "", 401},
		{"/docs", "", 401},
		{"/nowhere", "", 401},
		{"/healthz", "", 200},
		{"/readyz", "", 200},
	} {
		w := get(t, s, c.target, "Authorization", c.authorization)
		if w.Code != c.status {
			t.Errorf("%s with %q: %d, want %d", c.target, c.authorization, w.Code, c.status)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (w.Code == 401) != strings.HasPrefix(challenge, "Bearer") {
			t.Errorf("%s with %q: %d with challenge %q", c.target, c.authorization, w.Code, challenge)
		}
	}
	w := get(t, s, "/", "Accept", "text/html")
	if w.Code != 401 || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Basic") || strings.Contains(w.Body.String(), "c0-1") {
		t.Errorf("a browser without the key: %d %v", w.Code, w.Header())
	}
}

func TestWithoutAKeyOnlyOwnNames(t *testing.T) {
	s := serving(t, nil)
	keyed := serving(t, func(o *Options) { o.Key = "secret" })
	for host, own := range map[string]bool{
		"localhost": true, "LOCALHOST:8080": true, "127.0.0.1:8080": true, "127.8.9.1": true, "[::1]:8080": true, "[::1]": true,
		"evil.example": false, "localhost.evil.example:8080": false, "192.0.2.1:8080": false, "127.0.0.1.evil.example": false, "": false,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/communities", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if want := map[bool]int{true: 200, false: 421}[own]; w.Code != want {
			t.Errorf("host %q: %d, want %d", host, w.Code, want)
		}
		r.Header.Set("Authorization", "Bearer secret")
		w = httptest.NewRecorder()
		keyed.Handler().ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("host %q with a key: %d", host, w.Code)
		}
	}
}

func TestChangesFromOtherSitesAreRefused(t *testing.T) {
	s := serving(t, nil)
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"a program", nil, 202},
		{"this site", []string{"Sec-Fetch-Site", "same-origin"}, 202},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another site, old browser", []string{"Origin", "http://evil.example"}, 403},
	} {
		if w := ask(t, s, "POST", "/v1/runs", nil, c.header...); w.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.status)
		}
	}
}
