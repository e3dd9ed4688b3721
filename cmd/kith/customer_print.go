package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"kith/api"
	"kith/graph"
	"kith/loaders/persons"
)

// printCustomer writes all that is known of a customer for a person to read.
// Parts with nothing are left out, and what nobody loaded is named at the end.
func printCustomer(c *console, a api.Customer) {
	c.printf("Customer %s\n", a.ID)
	h := &a.History
	if len(h.Records) > 1 {
		c.printf("  one person, loaded as %s\n", strings.Join(h.Records, ", "))
		for _, l := range h.Links {
			if l.Probability != nil {
				c.printf("    %s and %s are alike: %s sure\n", l.A, l.B, persons.Share(*l.Probability))
			} else {
				c.printf("    %s and %s: by %s\n", l.A, l.B, listed(l.By, l.Why))
			}
		}
		c.printf("  kith identity explain A B tells why, kith identity split RECORD takes one out again\n")
	}
	if a.HistoryMissing != "" {
		c.printf("  %s\n", a.HistoryMissing)
	}
	printStanding(c, &a)
	section(c, "Master data", len(h.Master), func(t *tabwriter.Writer) {
		for _, v := range h.Master {
			from := v.File
			if v.Record != a.ID {
				from += ", as " + v.Record
			}
			if v.Others > 0 {
				from += fmt.Sprintf("; %s", graph.Counted(v.Others, "other value"))
			}
			fmt.Fprintf(t, "  %s\t%s\t(%s)\n", v.Name, plainValue(v.Value), from)
		}
	})
	printPurchases(c, &h.Purchases)
	printCalls(c, &h.Calls)
	if v := &h.Visits; v.Visits > 0 {
		section(c, "Visits", 1, func(t *tabwriter.Writer) {
			fmt.Fprintf(t, "  visits\t%d in %s, %s, %s\n", v.Visits, graph.Counted(v.Sessions, "session"), minutes(v.Minutes), between(v.First, v.Last))
			fmt.Fprintf(t, "  most seen\t%s\n", favours(v.Top))
		})
	}
	if v := &h.Contacts; v.Contacts > 0 {
		section(c, "Campaigns", 1, func(t *tabwriter.Writer) {
			fmt.Fprintf(t, "  contacts\t%d, %d answered, %d converted\n", v.Contacts, v.Responded, v.Converted)
			if v.Revenue != 0 {
				fmt.Fprintf(t, "  revenue\t%.2f\n", v.Revenue)
			}
			for _, x := range v.Latest {
				fmt.Fprintf(t, "  %s\t%s\n", date(x.At), listed(x.Campaign, x.Arm, x.Channel, x.Outcome))
			}
		})
	}
	if v := &h.Satisfaction; v.Surveys+v.Complaints+v.Praise > 0 {
		section(c, "Satisfaction", 1, func(t *tabwriter.Writer) {
			fmt.Fprintf(t, "  said\t%s, %s, %s praise\n", graph.Counted(v.Surveys, "survey"), graph.Counted(v.Complaints, "complaint"), graph.Counted(v.Praise, "time"))
			if v.Score != nil {
				fmt.Fprintf(t, "  mean score\t%s of the scale\n", percent(*v.Score))
			}
			for _, x := range v.Latest {
				score := ""
				if x.Score != nil {
					score = fmt.Sprintf("%g", *x.Score)
				}
				fmt.Fprintf(t, "  %s\t%s\n", date(x.At), listed(x.Kind, x.Topic, score, x.Comment))
			}
		})
	}
	for _, at := range h.Departures {
		c.printf("\nLeft on %s\n", date(at))
	}
	section(c, "What to offer", len(a.Recommendations), func(t *tabwriter.Writer) {
		for _, r := range a.Recommendations {
			name := r.Product.Name
			if name == "" {
				name = r.Product.ID
			}
			fmt.Fprintf(t, "  %s\t%s\n", name, r.Reason)
		}
	})
	section(c, "From", len(h.Imports), func(t *tabwriter.Writer) {
		for _, i := range h.Imports {
			fmt.Fprintf(t, "  import %d\t%s\t%s\t%s\n", i.ID, i.Kind, i.File, graph.Counted(i.Rows, "row"))
		}
	})
	if a.Result != "" {
		c.printf("\nResult %s of %s, as of %s.\n", a.Result, date(a.Run.At), date(a.Run.AsOf))
	} else {
		c.printf("\nNot analysed yet: kith analyze finds community, role, risk and recommendations.\n")
	}
	if len(h.Missing) > 0 {
		c.printf("Not loaded: %s.\n", strings.Join(h.Missing, ", "))
	}
}

// printStanding writes what the analysis found.
func printStanding(c *console, a *api.Customer) {
	if a.Result == "" {
		return
	}
	section(c, "Standing", 1, func(t *tabwriter.Writer) {
		fmt.Fprintf(t, "  role\t%s\n", a.Role)
		if k := &a.Community; k.ID != "" {
			fmt.Fprintf(t, "  community\t%s\n", listed(k.ID, k.Name, fmt.Sprintf("%s, %d %s left", graph.Counted(k.Size, "member"), k.Gone, graph.Agree(k.Gone, "has", "have"))))
		}
		if a.Gone {
			fmt.Fprintf(t, "  risk\thas left\n")
			return
		}
		if a.RiskReceipt.BaseRisk == 0 {
			fmt.Fprintf(t, "  risk to leave\tnot told, as nobody is known to have left\n")
		} else {
			fmt.Fprintf(t, "  risk to leave\t%s (mean %s)\n", percent(a.Risk), percent(a.RiskReceipt.BaseRisk))
			fmt.Fprintf(t, "    own\t%s\n", percent(a.RiskReceipt.Own))
		}
		for _, p := range a.RiskReceipt.Parts {
			fmt.Fprintf(t, "    %s left\t%s\n", p.Customer, percent(p.Part))
		}
		if a.RiskReceipt.Other != 0 {
			fmt.Fprintf(t, "    others who left\t%s\n", percent(a.RiskReceipt.Other))
		}
		fmt.Fprintf(t, "  value\t%.2f %s\n", a.Value.Spend, a.Value.Currency)
	})
}

func printPurchases(c *console, p *api.PurchaseHistory) {
	if p.Lines+p.Returns+p.Cancelled == 0 {
		return
	}
	section(c, "Purchases", 1, func(t *tabwriter.Writer) {
		bought := p.Lines+p.Returns > 0
		if bought {
			fmt.Fprintf(t, "  lines\t%d in %s, %d returned\n", p.Lines, graph.Counted(p.Baskets, "basket"), p.Returns)
		}
		if p.Cancelled > 0 {
			fmt.Fprintf(t, "  cancelled\t%s\n", api.CancelledLines(p.Cancelled))
		}
		if !bought {
			return
		}
		fmt.Fprintf(t, "  amount\t%.2f\n", p.Amount)
		if !p.Last.IsZero() {
			fmt.Fprintf(t, "  when\t%s\n", between(p.First, p.Last))
		}
		if p.RecencyDays != nil && p.PerMonth != nil {
			fmt.Fprintf(t, "  last\t%s ago; %.1f a month\n", graph.Counted(int64(math.Round(*p.RecencyDays)), "day"), *p.PerMonth)
		}
		fmt.Fprintf(t, "  favourites\t%s\n", favours(p.Products))
		if len(p.Categories) > 0 {
			fmt.Fprintf(t, "  categories\t%s\n", favours(p.Categories))
		}
		for _, l := range p.Latest[:min(5, len(p.Latest))] {
			name := l.Name
			if name == "" {
				name = l.Product
			}
			fmt.Fprintf(t, "  %s\t%g × %s, %.2f\n", date(l.At), l.Quantity, name, l.Amount)
		}
	})
}

func printCalls(c *console, k *api.CallHistory) {
	if len(k.Top) == 0 && k.Data.Sessions == 0 {
		return
	}
	side := func(s *api.CallSide) string {
		return fmt.Sprintf("%s (%d missed), %s, %s", graph.Counted(s.Calls, "call"), s.Missed, minutes(s.Minutes), graph.Counted(s.Messages, "message"))
	}
	section(c, "Calls", 1, func(t *tabwriter.Writer) {
		if d := &k.Data; d.Sessions > 0 {
			volume := ""
			if d.Bytes != nil {
				volume = fmt.Sprintf("%.1f MB, ", *d.Bytes/1e6)
			}
			fmt.Fprintf(t, "  data\t%s, %s, %s%s\n", graph.Counted(d.Sessions, "session"), minutes(d.Minutes), volume, between(d.First, d.Last))
		}
		if len(k.Top) == 0 {
			return
		}
		fmt.Fprintf(t, "  out\t%s\n", side(&k.Out))
		fmt.Fprintf(t, "  in\t%s\n", side(&k.In))
		fmt.Fprintf(t, "  partners\t%d\n", k.Partners)
		if !k.Last.IsZero() {
			fmt.Fprintf(t, "  when\t%s\n", between(k.First, k.Last))
		}
		for _, x := range k.Top[:min(5, len(k.Top))] {
			fmt.Fprintf(t, "  with %s\t%s, %s\n", x.Customer, graph.Counted(x.Contacts, "contact"), minutes(x.Minutes))
		}
	})
}

// section writes a heading and lines in columns, nothing where there is nothing.
func section(c *console, title string, items int, lines func(*tabwriter.Writer)) {
	if items == 0 {
		return
	}
	c.printf("\n%s\n", title)
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	lines(t)
	// The console is the last to know of its own faults.
	_ = t.Flush()
}

func favours(list []api.Favour) string {
	var parts []string
	for _, f := range list[:min(5, len(list))] {
		name := f.Name
		if name == "" {
			name = f.ID
		}
		parts = append(parts, fmt.Sprintf("%s (%d×)", name, f.Times))
	}
	return strings.Join(parts, ", ")
}

func between(first, last time.Time) string {
	if first.IsZero() {
		return "at times unknown"
	}
	return date(first) + " to " + date(last)
}

// listed names what is not empty.
func listed(parts ...string) string {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, ", ")
}

// plainValue is a JSON value as a person writes it.
func plainValue(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) == nil {
		return strings.Join(strings.FieldsFunc(text, unicode.IsControl), " ") // a line of a table
	}
	return string(v)
}

// minutes is a length of time for people to read.
func minutes(m float64) string { return graph.Counted(int64(math.Round(m)), "minute") }
