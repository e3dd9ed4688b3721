package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kith/graph"
)

// What became of a line of a purchase. A noun, as the type of a row in the journal of
// a till, says that the row is a return; a participle, as the status of an order, that
// what the row says was sold was not, or was given back: it then counts for nothing.
const (
	soldLine     = "sold"
	returnedLine = "returned"
	voidLine     = "void"
)

// orderStates are the words of shops, tills and payment services for it.
var orderStates = &vocabulary{"sold, return, cancelled and other usual states of orders", statesOf(map[string]string{
	soldLine: "sold|sale|sales|purchase|payment|order|invoice|charge|regular|exchange|complete|completed|paid|partially paid|shipped|partially shipped|fulfilled|partially fulfilled|unfulfilled|delivered|" +
		"closed|invoiced|processing|processed|confirmed|approved|accepted|new|open|pending|on hold|hold|in progress|authorized|authorised|captured|success|succeeded|successful|settled|done|ok|dispatched|" +
		"ready|ready for pickup|picked up|packed|preparing|packing|in transit|out for delivery|awaiting shipment|awaiting fulfillment|awaiting pickup|backordered|partially refunded|partially returned|partial refund|received|finished|" +
		"verkauf|bezahlt|teilweise bezahlt|abgeschlossen|versandt|versendet|geliefert|offen|in bearbeitung|rechnung|bestätigt|erledigt|vente|payé|payée|terminé|terminée|expédié|expédiée|livré|livrée|en cours|facture|" +
		"venta|pagado|completado|enviado|entregado|en proceso|vendita|pagato|completato|spedito|consegnato|in lavorazione|sprzedaż|opłacone|zrealizowane|wysłane|dostarczone|w realizacji|prodej|zaplaceno|dokončeno|odesláno|doručeno|" +
		"продажа|оплачен|оплачено|выполнен|выполнено|отправлен|доставлен|в обработке",
	returnedLine: "return|returns|refund|refunds|chargeback|credit note|credit memo|creditnote|creditmemo|reversal|reverse|" +
		"retoure|rückgabe|rueckgabe|rücknahme|erstattung|gutschrift|storno|retour|remboursement|avoir|devolución|devolucion|reembolso|reso|rimborso|nota di credito|zwrot|korekta|vrácení|vratka|dobropis|возврат",
	voidLine: "void|voided|cancelled|canceled|cancel|cancellation|refunded|returned|charged back|reversed|failed|failure|declined|rejected|denied|expired|abandoned|draft|auto draft|checkout draft|trash|deleted|" +
		"pending payment|payment pending|awaiting payment|unpaid|not paid|payment failed|payment error|incomplete|uncaptured|requires payment method|blocked|fraud|suspected fraud|" +
		"storniert|abgebrochen|erstattet|zurückgegeben|unbezahlt|fehlgeschlagen|abgelehnt|annulé|annulée|remboursé|remboursée|échoué|échouée|cancelado|cancelada|anulado|anulada|reembolsado|devuelto|fallido|rechazado|" +
		"annullato|annullata|rimborsato|fallito|rifiutato|anulowane|anulowany|zwrócone|nieopłacone|odrzucone|zrušeno|zrušena|vráceno|nezaplaceno|отменен|отменён|отменено|возвращен|возвращён|не оплачен",
})}

// statesOf has each word with blanks, underscores and dashes between its parts, and
// with the "wc-" that WooCommerce puts before its own.
func statesOf(words map[string]string) map[string]string {
	means := map[string]string{}
	for state, list := range words {
		for w := range strings.SplitSeq(list, "|") {
			for _, mark := range []string{" ", "_", "-", ""} {
				means[strings.ReplaceAll(w, " ", mark)] = state
			}
			means["wc-"+strings.ReplaceAll(w, " ", "-")] = state
		}
	}
	return means
}

// looseStates are headers that stand for any sort of thing, so that all they have must
// be words of orderStates: type may be that of the payment.
const looseStates = " type state estado eventtype rowtype documenttype doctype "

// tellsState says whether a column says what became of orders.
func (p *plan) tellsState(f Field, column int) bool {
	values := p.values(f.Name, column)
	known := func(s string) bool { return orderStates.of(s) != "" }
	if name, _ := f.headed(p.src.columns[column]); strings.Contains(looseStates, " "+name+" ") {
		return mostlyThere(values, known) && allPass(values, known)
	}
	return mostlyThere(values, known)
}

// remarkStates tells of a column that is not looked at, as most of it says nothing of
// orders, although some rows may be returns by it.
func (p *plan) remarkStates(left map[string]bool) {
	f, ok := p.kind.field("status")
	if _, done := p.fields["status"]; p.kind != Purchases || !ok || done || left["status"] || !p.src.named() {
		return
	}
	for i, c := range p.src.columns {
		if name, _ := f.headed(c); name == "" || p.src.typed(i) {
			continue
		}
		taken := slices.ContainsFunc(slices.Collect(maps.Values(p.fields)), func(b binding) bool { return b.column == i })
		values := p.src.values(i)
		n := slices.IndexFunc(values, func(v string) bool { state := orderStates.of(v); return state == returnedLine || state == voidLine })
		if n >= 0 && !taken {
			p.notes = append(p.notes, fmt.Sprintf("all rows count as bought, also those with %q in the column %q, which has words for other things and is not looked at: with --map status=%s it is, and rows with such words are rejected",
				strings.TrimSpace(values[n]), c, reference(c)))
			return
		}
	}
}

// markVoid puts the lines aside whose order another line of it says was void: shops
// write the state of an order on its first line only.
func (l *loading) markVoid(ctx context.Context, conn *sql.Conn) error {
	if l.plan.kind != Purchases || !l.stage.Column("status") || !l.stage.Column("basket") {
		return nil
	}
	_, err := run(ctx, conn, "void.sql", nil)
	return err
}

// noteVoid counts the lines that count for nothing.
func noteVoid(lines int64) string {
	return sentence("%s %s of orders that were cancelled, given back or not paid, and %s for nothing; --map status= counts all",
		graph.Counted(lines, "line"), graph.Agree(lines, "is", "are"), graph.Agree(lines, "counts", "count"))
}
