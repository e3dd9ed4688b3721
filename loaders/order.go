package loaders

import (
	"context"
	"slices"

	"kith/graph/duckstore"
)

// inOrder are the files of the options in the order of loading. Where their kinds
// are found out, those that describe customers, products and numbers come first,
// as what the others name is looked up in them. A file that cannot be looked at
// keeps its place, and fails when its turn comes.
func (o *Options) inOrder(ctx context.Context, st *duckstore.Store, dir string) []string {
	if o.Kind != "" || o.SQL != "" || len(o.Files) < 2 || slices.Contains(o.Files, Stdin) {
		return o.Files
	}
	describes := map[string]bool{}
	for _, path := range o.Files {
		l := &loading{o: o, st: st, dir: dir}
		kind, err := l.kindOf(ctx, path)
		l.tidy()
		describes[path] = err == nil && slices.Contains([]Kind{Customers, Products, Numbers}, kind)
	}
	files := slices.Clone(o.Files)
	slices.SortStableFunc(files, func(a, b string) int {
		switch {
		case describes[a] == describes[b]:
			return 0
		case describes[a]:
			return -1
		}
		return 1
	})
	return files
}

// kindOf is what a file would be taken for.
func (l *loading) kindOf(ctx context.Context, path string) (Kind, error) {
	var err error
	if l.o, err = l.o.forFile(path); err != nil {
		return "", err
	}
	if l.o.Kind == "" {
		if err = l.look(ctx, path); err == nil {
			err = l.settleKind(l.src)
		}
	}
	return l.o.Kind, err
}
