package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// Write simulates an operator and writes its files and the truth into a folder,
// which is made if need be:
//
//	customers.csv   id,city,region,tariff,gender,birth_year,since
//	products.csv    id,name,category,price
//	calls.csv       caller,callee,start,seconds,kind
//	purchases.csv   customer,product,at,quantity,price,basket
//	churn.csv       customer,at
//	truth/communities.csv   community,city,region,kind,size,leader,disseminator
//	truth/memberships.csv   customer,community,degree
//	truth/churn.csv         customer,at,infected_by,exposure
//	truth/report.json       a Report
//
// Calls, purchases and churn are in order of time, customers in order of id.
// Missed calls have -1 seconds and messages 0. A purchase that
// comes back has a negative quantity. Times are UTC.
//
// An earlier simulation in the folder is replaced when the new one is whole;
// after an error or the end of the context it is still there.
//
// Time O(customers·days + rows); memory some 400 bytes per customer and 50 MB per
// goroutine, whatever the number of rows.
func Write(ctx context.Context, dir string, o Options) (*Report, error) {
	d, err := enter(dir)
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	r, err := write(ctx, d, o)
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	return r, nil
}

// write is Write with the folder at hand.
func write(ctx context.Context, d *folder, o Options) (*Report, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	defer d.discard()
	o.Progress.Report("simulate customers", 0, 3)
	op := found(o)
	o.Progress.Report("simulate customers", 1, 3)
	op.befriend()
	o.Progress.Report("simulate customers", 2, 3)
	op.stock()
	o.Progress.Report("simulate customers", 3, 3)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	op.depart()

	r := op.report()
	for i, part := range []func(context.Context, *folder, int) (FileReport, error){
		op.writeCalls, op.writeChurn, op.writeCustomers, op.writeProducts, op.writePurchases,
	} {
		f, err := part(ctx, d, i)
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, f)
	}
	if err := op.writeTruth(ctx, d); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	f, err := d.open("truth/report.json")
	if err != nil {
		return nil, err
	}
	if err := f.write(append(text, '\n')); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r, d.finish()
}

func (op *operator) writeCalls(ctx context.Context, d *folder, file int) (FileReport, error) {
	parts := slicesFor(op.o.CallsPerCustomerDay * float64(op.o.Customers))
	lengths := durations()
	return op.writeDays(ctx, d, file, "calls.csv", "caller,callee,start,seconds,kind\n", callDirt, parts,
		func() func(h *sheet, day, part int) {
			w := &caller{op: op, lengths: lengths}
			return func(h *sheet, day, part int) { w.slice(h, day, part, parts) }
		})
}

func (op *operator) writePurchases(ctx context.Context, d *folder, file int) (FileReport, error) {
	parts := slicesFor(op.o.LinesPerCustomerDay * float64(op.o.Customers))
	return op.writeDays(ctx, d, file, "purchases.csv", "customer,product,at,quantity,price,basket\n", purchaseDirt, parts,
		func() func(h *sheet, day, part int) {
			w := &buyer{op: op}
			return func(h *sheet, day, part int) { w.slice(h, day, part, parts) }
		})
}

// mostWorkers bounds the memory on machines with many processors.
const mostWorkers = 16

// writeDays writes a file slice by slice of each day. Worker i of n draws the
// slices i, i+n, … into sheets of its own, and they are written in order; a
// worker is at most two slices ahead.
func (op *operator) writeDays(ctx context.Context, d *folder, number int, name, header string, sorts []dirt, parts int,
	worker func() func(h *sheet, day, part int),
) (FileReport, error) {
	f, err := d.open(name)
	if err != nil {
		return FileReport{}, err
	}
	if err := f.write([]byte(header)); err != nil {
		return FileReport{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	todo := op.o.Days * parts
	n := min(op.o.Threads, mostWorkers, todo)
	full, empty := make([]chan *sheet, n), make([]chan *sheet, n)
	for i := range n {
		full[i], empty[i] = make(chan *sheet, 1), make(chan *sheet, 2)
		empty[i] <- new(sheet)
		empty[i] <- new(sheet)
		wg.Go(func() {
			draw := worker()
			for k := i; k < todo; k += n {
				var h *sheet
				select {
				case h = <-empty[i]:
				case <-ctx.Done():
					return
				}
				h.reset(&op.o, number, k, sorts)
				draw(h, k/parts, k%parts)
				select {
				case full[i] <- h:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	var sum tally
	first, last := int64(0), int64(-1)
	stage := "simulate " + name
	for k := range todo {
		op.o.Progress.Report(stage, int64(k), int64(todo))
		var h *sheet
		select {
		case h = <-full[k%n]:
		case <-ctx.Done():
			return FileReport{}, ctx.Err()
		}
		if err := f.write(h.text); err != nil {
			return FileReport{}, err
		}
		sum.add(&h.tally)
		if h.last >= 0 {
			if last < 0 {
				first = h.first
			}
			first, last = min(first, h.first), max(last, h.last)
		}
		empty[k%n] <- h
	}
	op.o.Progress.Report(stage, int64(todo), int64(todo))
	return op.fileReport(f, &sum, first, last), f.close()
}

// writeList writes a file of one row per entry of a list.
func (op *operator) writeList(ctx context.Context, d *folder, number int, name, header string, sorts []dirt, n int,
	row func(h *sheet, i int), soil func(h *sheet, i int, sort dirt),
) (FileReport, error) {
	f, err := d.open(name)
	if err != nil {
		return FileReport{}, err
	}
	var h sheet
	h.reset(&op.o, number, 0, sorts)
	if len(sorts) == 0 { // the truth is clean
		h.untilDirty, h.untilDouble = n, n
	}
	var sum tally
	first, last := int64(0), int64(-1)
	text := []byte(header)
	for i := range n {
		from := len(h.text)
		row(&h, i)
		if sort := h.end(from); sort != clean {
			soil(&h, i, sort)
		}
		// What is in h can be repeated, so it is passed on in large pieces.
		if len(h.text) > 1<<20 || i == n-1 {
			if err := ctx.Err(); err != nil {
				return FileReport{}, err
			}
			text = append(text, h.text...)
			if err := f.write(text); err != nil {
				return FileReport{}, err
			}
			sum.add(&h.tally)
			if h.last >= 0 {
				if last < 0 {
					first = h.first
				}
				first, last = min(first, h.first), max(last, h.last)
			}
			text, h.text, h.tally, h.last = text[:0], h.text[:0], tally{}, -1
		}
	}
	if n == 0 {
		if err := f.write(text); err != nil {
			return FileReport{}, err
		}
	}
	return op.fileReport(f, &sum, first, last), f.close()
}

// soilNode writes a faulty row of customers.csv or products.csv.
func soilNode(h *sheet, row func(h *sheet), sort dirt) {
	from := len(h.text)
	row(h)
	switch sort {
	case tooManyFields:
		h.text = append(h.text[:len(h.text)-1], ",0,0\n"...)
	case emptyField:
		comma := slices.Index(h.text[from:], ',')
		h.text = slices.Delete(h.text, from, from+comma)
	}
}

func (op *operator) writeCustomers(ctx context.Context, d *folder, number int) (FileReport, error) {
	row := func(h *sheet, i int) { h.text = op.appendCustomerRow(h.text, op.order[i]) }
	return op.writeList(ctx, d, number, "customers.csv", "id,city,region,tariff,gender,birth_year,since\n", nodeDirt, op.o.Customers, row,
		func(h *sheet, i int, sort dirt) { soilNode(h, func(h *sheet) { row(h, i) }, sort) })
}

func (op *operator) writeProducts(ctx context.Context, d *folder, number int) (FileReport, error) {
	row := func(h *sheet, i int) { h.text = op.appendProductRow(h.text, uint32(i)) }
	return op.writeList(ctx, d, number, "products.csv", "id,name,category,price\n", nodeDirt, op.o.Products, row,
		func(h *sheet, i int, sort dirt) { soilNode(h, func(h *sheet) { row(h, i) }, sort) })
}

func (op *operator) writeChurn(ctx context.Context, d *folder, number int) (FileReport, error) {
	list := op.leavers()
	return op.writeList(ctx, d, number, "churn.csv", "customer,at\n", churnDirt, len(list),
		func(h *sheet, i int) {
			u := list[i]
			h.text = append(op.appendCustomer(h.text, u), ',')
			h.text = append(op.moment(h.text, op.gone[u]), '\n')
			h.seen(int64(op.gone[u]))
		},
		func(h *sheet, i int, sort dirt) {
			u := list[i]
			switch sort {
			case impossibleDate:
				h.text = append(op.appendCustomer(h.text, u), ',')
				h.wrongDate(op.date(int(op.gone[u]/86400)), uint32(op.gone[u]%86400))
				h.text = append(h.text, '\n')
			case emptyField:
				h.text = append(op.moment(append(h.text, ','), op.gone[u]), '\n')
			case tooManyFields:
				h.text = append(op.appendCustomer(h.text, u), ',')
				h.text = append(op.moment(h.text, op.gone[u]), ",0,0\n"...)
			}
		})
}
