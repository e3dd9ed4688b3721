package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"kith/community/recommend"
	"kith/community/recommend/factor"
	"kith/community/recommend/neighbour"
	"kith/graph"
)

// recommendVerbs learn what customers like from a file of customer,product[,count].
type recommendVerbs struct {
	Project projectCmd `cmd:"" help:"From customer,product[,count] to the most alike customers, or products."`
	Als     alsCmd     `cmd:"" help:"What customers like, from customer,product[,count], by implicit matrix factorisation (ALS)."`
	Itemknn itemknnCmd `cmd:"" help:"What goes with what customers have, from customer,product[,count], by neighbouring items."`
}

// recommendReport is what recommenders say of themselves besides.
type recommendReport struct {
	Factors int       `json:"factors,omitempty"`
	Loss    *float64  `json:"loss,omitempty"`
	Losses  []float64 `json:"losses,omitempty"`
	Lists   int       `json:"lists,omitempty"`
	ListsS  float64   `json:"lists_s,omitempty"`
	Hubs    int       `json:"hubs,omitempty"`
	Paths   int64     `json:"paths,omitempty"`
}

// listFlags say what to write for customers.
type listFlags struct {
	Top int      `help:"How many products that a customer has not got to list for each." default:"10"`
	For []string `help:"List for these customers only." placeholder:"ID"`
}

// lists writes the products of a list for each customer who gets any.
func (f listFlags) lists(ctx context.Context, k *kernelRun, list func([]recommend.Item, []float32, recommend.Query) []recommend.Item) error {
	customers, err := k.find(f.For, "--for")
	if err != nil || k.flags.Out == "" {
		return err
	}
	if customers == nil {
		for u := range uint32(k.g.Rows()) {
			customers = append(customers, u)
		}
	}
	started := time.Now()
	var items []recommend.Item
	err = k.writeTable("id,product,score", func(t *table) error {
		for i, u := range customers {
			if i%256 == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
				k.progress.Report("listing", int64(i), int64(len(customers)))
			}
			items = list(items[:0], k.g.WeightsOf(u), recommend.Query{Customer: u, Owned: k.g.Neighbours(u), Limit: f.Top})
			if len(items) > 0 {
				k.Lists++
			}
			for _, it := range items {
				t.text(k.names.At(u))
				t.next()
				t.text(k.columns.At(it.Product))
				t.next()
				t.buf = strconv.AppendFloat(t.buf, float64(it.Score), 'g', -1, 32)
				if err := t.end(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	k.ListsS = seconds(started)
	return err
}

type alsCmd struct {
	kernelFlags
	seedFlag
	listFlags
	Factors        int     `help:"Length of a customer's and a product's vector." default:"64"`
	Sweeps         int     `help:"How often to solve for both sides." default:"15"`
	Steps          int     `help:"Steps of conjugate gradients for each vector in each sweep." default:"3"`
	Regularization float64 `help:"What keeps vectors small." default:"1"`
	Confidence     float64 `help:"A tie of weight r counts 1 + this times r times as much as none." default:"1"`
	Losses         bool    `help:"Report the loss after every sweep."`
	Vectors        string  `help:"Where to write the vectors, as CSV: side,id and a column for each factor." type:"path" placeholder:"FILE"`
}

// Run factorises.
func (cmd *alsCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.startCosting(ctx, c, "als", cmd.Seed, graph.BuildOptions{}, true, cmd.cost())
	if err != nil {
		return err
	}
	var m *factor.Model
	if err := k.time(func() (err error) {
		m, err = factor.Train(ctx, k.g, factor.Options{
			Factors: cmd.Factors, Sweeps: cmd.Sweeps, Steps: cmd.Steps, Regularization: cmd.Regularization,
			Confidence: cmd.Confidence, Losses: cmd.Losses, Seed: cmd.Seed, Threads: k.Threads, Progress: k.progress,
		})
		return err
	}); err != nil {
		return err
	}
	loss, err := m.Loss(ctx, k.g, k.Threads)
	if err != nil {
		return err
	}
	k.Factors, k.Loss, k.Iterations = m.Factors, &loss, cmd.Sweeps
	k.Losses = m.Losses
	if err := cmd.lists(ctx, k, func(dst []recommend.Item, _ []float32, q recommend.Query) []recommend.Item { return m.For(dst, q) }); err != nil {
		return err
	}
	if err := k.writeVectors(cmd.Vectors, m); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, %s, %s, loss %.6g", graph.Counted(k.Vertices, "customer"), graph.Counted(k.Columns, "product"), graph.Counted(m.Factors, "factor"), loss), k.listed(cmd.Top))
}

// listed says how many customers got a list.
func (k *kernelRun) listed(top int) string {
	if k.flags.Out == "" {
		return "no lists were asked for; name a file with --out"
	}
	return fmt.Sprintf("lists of up to %s for %s in %.3f s", graph.Counted(top, "product"), graph.Counted(k.Lists, "customer"), k.ListsS)
}

// writeVectors writes a row for each customer, then for each product.
func (k *kernelRun) writeVectors(path string, m *factor.Model) error {
	header := "side,id"
	for i := range m.Factors {
		header += ",f" + strconv.Itoa(i+1)
	}
	return k.writeFile(path, header, func(t *table) error {
		for _, side := range []struct {
			name    string
			names   *graph.Names
			vectors []float32
		}{{"customer", k.names, m.Customers}, {"product", k.columns, m.Products}} {
			for v := range side.names.Len() {
				t.text(side.name)
				t.next()
				t.text(side.names.At(uint32(v)))
				for _, x := range side.vectors[v*m.Stride:][:m.Factors] {
					t.next()
					t.buf = strconv.AppendFloat(t.buf, float64(x), 'g', -1, 32)
				}
				if err := t.end(); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

type itemknnCmd struct {
	kernelFlags
	listFlags
	K         int    `help:"How many neighbours of each product to keep." default:"10"`
	Weighting string `help:"How alike products are: ${enum}." enum:"idf-cosine,cosine,jaccard,overlap,count" default:"idf-cosine"`
	MaxDegree int    `help:"Leave out customers with more products than this; 0 keeps all." default:"0"`
	Counts    bool   `help:"Let what was bought more often count more, in likeness and in lists."`
}

// Run finds neighbouring items.
func (cmd *itemknnCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.startCosting(ctx, c, "itemknn", 0, graph.BuildOptions{}, true, cmd.cost())
	if err != nil {
		return err
	}
	var m *neighbour.Model
	if err := k.time(func() (err error) {
		m, err = neighbour.New(ctx, k.g, neighbour.Options{K: cmd.K, Counts: cmd.Counts, Weighting: weightings[cmd.Weighting], MaxDegree: cmd.MaxDegree, Threads: k.Threads, Progress: k.progress})
		return err
	}); err != nil {
		return err
	}
	k.Neighbours = m.Similar.Arcs()
	if err := cmd.lists(ctx, k, func(dst []recommend.Item, weights []float32, q recommend.Query) []recommend.Item {
		if !cmd.Counts {
			weights = nil
		}
		return m.ForWeights(dst, weights, q)
	}); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s of %s", graph.Counted(k.Neighbours, "neighbour"), graph.Counted(k.Columns, "product")), k.listed(cmd.Top))
}

type projectCmd struct {
	kernelFlags
	Side      string  `help:"Whom to compare: customers or products." enum:"customers,products" default:"products"`
	K         int     `help:"How many of the most alike to keep." default:"20"`
	All       bool    `help:"Keep all that are at least as alike as --least says, not the most alike only."`
	Weighting string  `help:"Similarity: ${enum}." enum:"idf-cosine,cosine,jaccard,overlap,count" default:"idf-cosine"`
	Least     float64 `help:"Leave out neighbours less alike than this." default:"0"`
	MaxDegree int     `help:"Leave out products (or customers) with more ties than this; 0 keeps all." default:"0"`
}

var weightings = map[string]graph.Weighting{
	"idf-cosine": graph.CosineIDF, "cosine": graph.Cosine, "jaccard": graph.Jaccard, "overlap": graph.Overlap, "count": graph.Count,
}

// pairBytes is what each pair of --all takes at the peak: what workers note of it,
// twice where a list grows, and both its records while the graph is made.
const pairBytes = 56

// Run finds the most alike.
func (cmd *projectCmd) Run(ctx context.Context, c *console) error {
	if cmd.All && !(cmd.Least > 0) {
		return fmt.Errorf("%w: --all needs a --least above 0", errUsage)
	}
	k, err := cmd.startCosting(ctx, c, "project", 0, graph.BuildOptions{}, true, cmd.cost())
	if err != nil {
		return err
	}
	o := graph.ProjectOptions{K: cmd.K, All: cmd.All, MinWeight: float32(cmd.Least), Weighting: weightings[cmd.Weighting], MaxDegree: cmd.MaxDegree, Threads: k.Threads, Progress: k.progress}
	if cmd.All && k.memory > 0 {
		o.MostPairs = max(k.memory-residentBytes(), 0)/pairBytes + 1
	}
	names := k.names
	if cmd.Side == "products" {
		o.Side, names = graph.SideColumns, k.columns
	}
	var alike *graph.Graph
	var done graph.ProjectReport
	if err := k.time(func() (err error) {
		alike, done, err = graph.Project(ctx, k.g, o)
		if errors.Is(err, graph.ErrManyPairs) {
			return fmt.Errorf("%s: more than %s pairs are alike by %g or more, for which there is no room in %s of memory; ask for a higher --least, or set hubs aside with --max-degree",
				k.File, thousands(o.MostPairs), cmd.Least, memorySize(k.memory))
		}
		return err
	}); err != nil {
		return err
	}
	k.Neighbours, k.Hubs, k.Paths = alike.Arcs(), len(done.Hubs), done.Paths
	if err := k.writeNeighbours(names, alike); err != nil {
		return err
	}
	said := fmt.Sprintf("%s of %s", graph.Counted(k.Neighbours, "neighbour"), graph.Counted(names.Len(), cmd.Side[:len(cmd.Side)-1]))
	if k.Hubs > 0 {
		said += fmt.Sprintf("; %s with more than %s %s set aside", thousands(k.Hubs), graph.Counted(cmd.MaxDegree, "tie"), graph.Agree(k.Hubs, "was", "were"))
	}
	return k.report(said)
}
