package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func sorted(list []string) { slices.Sort(list) }

func TestCursorLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version, operation, id := rapid.String().Draw(t, "version"), rapid.String().Draw(t, "operation"), rapid.String().Draw(t, "id")
		offset := int(rapid.Uint32().Draw(t, "offset"))
		l := listOf(version, operation, id)
		cursor := l.cursor(offset)
		if got, err := l.offset(cursor); err != nil || got != offset {
			t.Fatalf("the cursor of %d reads as %d, %v", offset, got, err)
		}
		if _, err := listOf(version, operation, id+"x").offset(cursor); asProblem(err).status != http.StatusBadRequest {
			t.Fatalf("another list took the cursor: %v", err)
		}
		if _, err := listOf(version+"x", operation, id).offset(cursor); asProblem(err).status != http.StatusGone {
			t.Fatalf("another result took the cursor: %v", err)
		}
		at := rapid.IntRange(0, len(cursor)-1).Draw(t, "at")
		changed := []byte(cursor)
		changed[at] ^= 1 + byte(rapid.IntRange(0, 62).Draw(t, "bit"))
		if _, err := l.offset(string(changed)); string(changed) != cursor && asProblem(err).status != http.StatusBadRequest {
			t.Fatalf("a changed cursor gave %v", err)
		}
	})
}

func TestListsKeepTheirParametersApart(t *testing.T) {
	if listOf("v", "o", "a", "bc").sum == listOf("v", "o", "ab", "c").sum {
		t.Error("parameters run into each other")
	}
}

func FuzzCursor(f *testing.F) {
	l := listOf("r1", "communities", "risk", "0")
	f.Add(l.cursor(20))
	f.Add("")
	f.Add("====")
	f.Fuzz(func(t *testing.T, text string) {
		offset, err := l.offset(text)
		if err == nil && text != "" && l.cursor(offset) != text {
			t.Errorf("%q was read as %d, whose cursor is %q", text, offset, l.cursor(offset))
		}
		if err != nil && asProblem(err).status != http.StatusBadRequest && asProblem(err).status != http.StatusGone {
			t.Errorf("%q gave %v", text, err)
		}
	})
}

// TestPagesJoinToTheWhole walks each list with several limits: the pages one
// after another are the list, without repeats.
func TestPagesJoinToTheWhole(t *testing.T) {
	s := serving(t, nil)
	for _, target := range []string{
		"/v1/customers/c00012/recommendations", "/v1/customers/c00020/recommendations", "/v1/customers/c00012/neighbours",
		"/v1/products/p0003/similar", "/v1/communities?sort=risk", "/v1/communities?sort=size", "/v1/communities?sort=density&level=1",
		"/v1/communities/c0-1/members", "/v1/communities/c1-0/members", "/v1/communities/c1-0/popular", "/v1/communities/c1-0/popular?sort=lift", "/v1/imports",
	} {
		whole := walk(t, s, target, 100)
		if len(whole) < 2 {
			t.Errorf("%s has %d items, too few to page", target, len(whole))
		}
		seen := make(map[string]bool)
		for _, item := range whole {
			if seen[item] {
				t.Errorf("%s repeats %s", target, item)
			}
			seen[item] = true
		}
		for _, limit := range []int{1, 2, 3, len(whole) - 1, len(whole), len(whole) + 1} {
			if diff := cmp.Diff(whole, walk(t, s, target, max(limit, 1))); diff != "" {
				t.Errorf("%s by %d (-whole +pages):\n%s", target, limit, diff)
			}
		}
	}
}

// walk gives the items of all pages as JSON.
func walk(t *testing.T, s *Server, target string, limit int) []string {
	t.Helper()
	var items []string
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	next := ""
	for {
		w := get(t, s, fmt.Sprintf("%s%slimit=%d%s", target, separator, limit, next))
		page := decode[struct {
			Items      []json.RawMessage `json:"items"`
			NextCursor *string           `json:"next_cursor"`
			Result     string            `json:"result"`
		}](t, w)
		if len(page.Items) > limit {
			t.Errorf("%s gave %d items for limit %d", target, len(page.Items), limit)
		}
		for _, item := range page.Items {
			items = append(items, string(item))
		}
		if page.NextCursor == nil {
			return items
		}
		if len(page.Items) != limit {
			t.Fatalf("%s: a page with a next one has %d items for limit %d", target, len(page.Items), limit)
		}
		next = "&cursor=" + *page.NextCursor
	}
}
