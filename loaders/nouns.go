package loaders

import (
	"slices"
	"strings"

	"kith/loaders/identity"
)

// nouns are what headers of ids are made of, in the languages and cases in which
// exports have them, beside a word for a number: Cod_Cliente, N° client, Kod towaru.
var nouns = nounsOf(map[string]string{
	"customer": "customer customers client clients clienti cliente clientes kunde kunden klient klienta klienci zákazník zákazníka zakaznik zakaznika клиент клиента покупатель покупателя " + //nolint:misspell // it is Spanish
		"buyer shopper subscriber subscribers abonnent abonent abonenta abonné abonne abonado абонент абонента member members membership mitglied membre socio loyaltycard loyalty requester account accounts",
	"product": "product products produkt produktu produit produits producto productos prodotto prodotti article articles articolo articoli artículo articulo artikel towar towaru zboží zbozi товар товара sku material", //nolint:misspell // it is Spanish
	"order": "order orders invoice receipt basket ticket facture commande vente factura pedido venta fattura scontrino ordine vendita paragon paragonu faktura faktury zamówienie zamówienia zamowienia " +
		"objednávka objednávky objednavky účtenka účtenky uctenky doklad dokladu beleg bon rechnung bestellung чек чека заказ заказа накладная накладной",
})

// numbering are the words that stand beside them, and small ones between both.
var (
	numbering = strings.Fields("id ids no nr num number numer numero número nº n code cod codigo código codice kod kód číslo cislo key ref réf reference référence referencia kennung номер код")
	between   = strings.Fields("de du del della di do d the of la le el karty karta carte tarjeta carta")
	dating    = strings.Fields("date datum dátum data fecha дата")
	// selling are nouns that have no numbers, but dates: Data sprzedaży.
	selling = strings.Fields("purchase sale sales order achat compra acquisto sprzedaży sprzedazy zakupu zamówienia zamowienia prodeje nákupu nakupu verkauf kauf продажи покупки заказа чека")
	// people are words before an address that is of the one whom a row is about, and
	// not of whoever served them.
	people = strings.Fields("buyer requester client customer user member subscriber recipient respondent consumer shopper guest billing purchaser kunden")
)

func nounsOf(lists map[string]string) map[string]string {
	out := map[string]string{}
	for what, list := range lists {
		for _, noun := range strings.Fields(list) {
			out[noun] = what
		}
	}
	return out
}

// made is the English name of a header that is made of a noun and of what is told
// of it, or nothing.
func made(words []string) string {
	if len(words) < 2 {
		return ""
	}
	if last := strings.Join(words[1:], ""); slices.Contains(people, words[0]) && (last == "email" || last == "mail" || last == "emailaddress") {
		return "customeremail"
	}
	numbered, dated, rest := false, false, ""
	for _, w := range words {
		switch {
		case slices.Contains(numbering, w):
			numbered = true
		case slices.Contains(dating, w):
			dated = true
		case slices.Contains(between, w):
		case rest != "" && rest != "loyalty":
			return ""
		default:
			rest += w
		}
	}
	what := nouns[rest]
	switch {
	case numbered && !dated && what != "":
		return what + "id"
	case dated && !numbered && (what == "order" || slices.Contains(selling, rest)):
		return "orderdate"
	}
	return ""
}

// personal is how many things the columns tell of a person: names, an address, a
// date of birth.
func (p *plan) personal() int {
	kinds := map[identity.Kind]bool{}
	for _, c := range p.src.columns {
		names := []string{c}
		if words := headerWords(c); len(words) == 2 { // Mailing Street
			names = append(names, words[1])
		}
		for _, name := range names {
			switch k := identity.KindOf(name); k {
			case identity.GivenName, identity.Surname, identity.BirthDate, identity.Phone, identity.Street, identity.Postcode, identity.City:
				kinds[k] = true
			}
		}
	}
	return len(kinds)
}

// namesPeople says whether a column has names or e-mail addresses, which a list of
// who holds which number has no place for.
func (p *plan) namesPeople() bool {
	return slices.ContainsFunc(p.src.columns, func(c string) bool {
		switch identity.KindOf(c) {
		case identity.GivenName, identity.Surname, identity.FullName, identity.Email:
			return true
		}
		return false
	})
}

// pays says whether the rows are payments, of which each is somebody's.
func (p *plan) pays() bool {
	return slices.ContainsFunc(p.src.columns, func(c string) bool { return plainName(c) == "amount" })
}

// requested says whether the rows are what people asked for, such as tickets.
func (p *plan) requested() bool {
	return slices.ContainsFunc([]string{"id", "customer"}, func(field string) bool {
		b, ok := p.fields[field]
		return ok && b.column >= 0 && p.src.named() && strings.HasPrefix(plainName(p.src.columns[b.column]), "requester")
	})
}
