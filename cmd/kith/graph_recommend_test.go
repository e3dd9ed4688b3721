package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kith/graph/graphtest"
)

func TestGraphAls(t *testing.T) {
	women := graphtest.Data(t, "southern-women/davis_edges.csv")
	dir := t.TempDir()
	out, vectors := filepath.Join(dir, "out.csv"), filepath.Join(dir, "vectors.csv")
	args := []string{"graph", "als", women, "--factors", "3", "--confidence", "2", "--regularization", ".5", "--losses", "--out", out, "--vectors", vectors, "--top", "4"}
	r := decoded[kernelReport](t, args...)
	if r.Vertices != 18 || r.Columns != 14 || r.Edges != 89 || r.Factors != 3 || r.Iterations != 15 || len(r.Losses) != 15 || *r.Loss != r.Losses[14] || !slices.IsSortedFunc(r.Losses, func(a, b float64) int {
		return int(math.Copysign(1, b-a))
	}) {
		t.Errorf("the report is %+v", r.recommendReport)
	}
	// The loss, by its definition from the vectors that were written.
	customers, products := map[string][]float64{}, map[string][]float64{}
	loss := 0.
	for _, row := range rows(t, vectors, ',', true) {
		side := map[string]map[string][]float64{"customer": customers, "product": products}[row[0]]
		for _, field := range row[2:] {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			side[row[1]] = append(side[row[1]], x)
			loss += .5 * x * x
		}
	}
	went := map[[2]string]bool{}
	for _, row := range rows(t, women, ',', true) {
		went[[2]string{row[0], row[1]}] = true
	}
	scored := map[[2]string]float64{}
	for c, x := range customers {
		for p, y := range products {
			s := x[0]*y[0] + x[1]*y[1] + x[2]*y[2]
			scored[[2]string{c, p}] = s
			if went[[2]string{c, p}] {
				loss += 3 * (1 - s) * (1 - s)
			} else {
				loss += s * s
			}
		}
	}
	if len(customers) != 18 || len(products) != 14 || len(went) != 89 || math.Abs(loss-*r.Loss) > 1e-4*loss {
		t.Errorf("%d customers, %d products, %d ties; the loss is %v, reported %v", len(customers), len(products), len(went), loss, *r.Loss)
	}
	last := ""
	list := rows(t, out, ',', true)
	for i, row := range list {
		x, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		if went[[2]string{row[0], row[1]}] || math.Abs(scored[[2]string{row[0], row[1]}]-x) > 1e-4 {
			t.Errorf("%v is listed with a score of %v", row, scored[[2]string{row[0], row[1]}])
		}
		if row[0] == last {
			if before, _ := strconv.ParseFloat(list[i-1][2], 64); before < x {
				t.Errorf("%v comes after %v", row, list[i-1])
			}
		}
		last = row[0]
	}
	if len(list) != 18*4 || r.Lists != 18 {
		t.Errorf("%d rows for %d customers", len(list), r.Lists)
	}
	want, _ := os.ReadFile(vectors)
	for _, threads := range []string{"1", "3", "8", "16"} {
		must(t, append(args, "--threads", threads)...)
		if got, _ := os.ReadFile(vectors); string(got) != string(want) {
			t.Errorf("%s threads give other vectors", threads)
		}
	}
	must(t, append(args, "--seed", "2")...)
	if got, _ := os.ReadFile(vectors); string(got) == string(want) {
		t.Error("another seed gives the same vectors")
	}
}

func TestGraphItemknn(t *testing.T) {
	// a has x and y, b has x, y and z, c has z; by count, x and y have two
	// customers in common, and each one with z.
	shop := textFile(t, "shop.csv", "customer,product,times\na,x,1\na,y,3\nb,x,1\nb,y,1\nb,z,1\nc,z,5\n")
	out := filepath.Join(t.TempDir(), "out.csv")
	r := decoded[kernelReport](t, "graph", "itemknn", shop, "--weighting", "count", "--out", out)
	want := "a,z,2\nc,x,1\nc,y,1\n"
	if got, _ := os.ReadFile(out); string(got) != "id,product,score\n"+want || r.Neighbours != 6 || r.Lists != 2 {
		t.Errorf("%+v lists\n%s", r, got)
	}
	must(t, "graph", "itemknn", shop, "--weighting", "count", "--counts", "--for", "c", "--top", "1", "--out", out)
	if got, _ := os.ReadFile(out); string(got) != "id,product,score\nc,x,5\n" {
		t.Errorf("with counts c gets\n%s", got)
	}
	if said := must(t, "graph", "itemknn", shop); !strings.Contains(said, "--out") {
		t.Errorf("without lists it says\n%s", said)
	}
}

func TestGraphProjectAll(t *testing.T) {
	women := graphtest.Data(t, "southern-women/davis_edges.csv")
	out := filepath.Join(t.TempDir(), "out.csv")
	r := decoded[kernelReport](t, "graph", "project", women, "--side", "customers", "--weighting", "count", "--all", "--least", "6", "--out", out)
	// R. L. Breiger (doi:10.2307/2576011): the pairs who met at six events or more.
	want := map[string]string{
		"Evelyn Jefferson,Theresa Anderson": "7", "Evelyn Jefferson,Laura Mandeville": "6", "Brenda Rogers,Evelyn Jefferson": "6",
		"Laura Mandeville,Theresa Anderson": "6", "Brenda Rogers,Laura Mandeville": "6", "Brenda Rogers,Theresa Anderson": "6",
		"Nora Fayette,Sylvia Avondale": "6", "Katherina Rogers,Sylvia Avondale": "6",
	}
	for _, row := range rows(t, out, ',', true) {
		a, b := row[0], row[1]
		if a > b {
			a, b = b, a
		}
		if want[a+","+b] != row[2] {
			t.Errorf("%v is written, want %q", row, want[a+","+b])
		}
	}
	if r.Neighbours != 2*len(want) {
		t.Errorf("%d neighbours, want %d", r.Neighbours, 2*len(want))
	}
	r = decoded[kernelReport](t, "graph", "project", women, "--max-degree", "8", "--side", "customers")
	// Events 6 to 9 had 8, 10, 14 and 12 guests.
	same(t, "events set aside", r.Hubs, 3)
}

func TestRecommendVerbsRefuse(t *testing.T) {
	shop := textFile(t, "shop.csv", "customer,product\na,x\nb,y\n")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"als", filepath.Join(t.TempDir(), "gone.csv")}, exitData, "gone.csv"},
		{[]string{"itemknn", filepath.Join(t.TempDir(), "gone.csv")}, exitData, "gone.csv"},
		{[]string{"als", shop, "--factors=-1"}, exitFailed, "factors"},
		{[]string{"als", shop, "--confidence", "1e12"}, exitFailed, "confidence"},
		{[]string{"als", shop, "--for", "z"}, exitData, `"z"`},
		{[]string{"itemknn", shop, "--for", "z"}, exitData, `"z"`},
		{[]string{"itemknn", shop, "--k=-1"}, exitFailed, "-1"},
		{[]string{"project", shop, "--all"}, exitUsage, "--least"},
		{[]string{"als", textFile(t, "bad.csv", "customer,product,times\na,x,1\nb,y,-1\n")}, exitData, "line 3"},
	} {
		_, errs, code := kith(t, append([]string{"graph"}, c.args...)...)
		oneSentence(t, errs, code, c.code, c.says)
	}
}
