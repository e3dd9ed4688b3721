package loaders

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// sentence is fmt.Sprintf for people: 1234567 stands as 1,234,567.
func sentence(text string, args ...any) string {
	return message.NewPrinter(language.English).Sprintf(text, args...)
}

// vocabulary is what people write for the few values of a field, in lower case.
type vocabulary struct {
	// list says which words there are, for a person.
	list  string
	means map[string]string
}

var callKinds = &vocabulary{"voice, message and data", withSided(map[string]string{
	"voice": "voice", "call": "voice", "calls": "voice", "phone": "voice", "v": "voice", "voice call": "voice", "voicecall": "voice", "speech": "voice", "telephony": "voice", "volte": "voice", "vowifi": "voice",
	"voz": "voice", "llamada de voz": "voice", "voix": "voice", "voce": "voice", "połączenie": "voice", "rozmowa": "voice", "hovor": "voice", "in": "voice", "out": "voice", "phone call": "voice",
	"anruf": "voice", "gespräch": "voice", "sprache": "voice", "appel": "voice", "llamada": "voice", "звонок": "voice", "вызов": "voice", "голос": "voice", "通話": "voice", "语音": "voice", "語音": "voice",
	"message": "message", "messages": "message", "sms": "message", "mms": "message", "text": "message", "msg": "message", "m": "message", "s": "message", "chat": "message",
	"text message": "message", "смс": "message", "сообщение": "message", "nachricht": "message", "简讯": "message", "簡訊": "message", "短信": "message",
	"data": "data", "gprs": "data", "internet": "data", "d": "data", "lte": "data", "pdp": "data", "data session": "data", "daten": "data", "интернет": "data", "данные": "data", "數據": "data", "数据": "data",
}, sidedKinds, false)}

var directions = &vocabulary{"in, out and both", withSided(map[string]string{
	"out": "out", "outgoing": "out", "outbound": "out", "o": "out", "mo": "out", "originating": "out", "originated": "out", "made": "out", "sent": "out", "outbound-api": "out", "outbound-dial": "out", "dialed": "out", "dialled": "out",
	"in": "in", "incoming": "in", "inbound": "in", "i": "in", "mt": "in", "terminating": "in", "terminated": "in", "received": "in",
	"both": "both", "b": "both", "internal": "both",
}, sidedKinds, true)}

// sidedKinds are the kinds of records that say in one word what it was and whose
// side recorded it, as switches write them.
var sidedKinds = map[string][2]string{
	"moc": {"voice", "out"}, "mtc": {"voice", "in"}, "moc call": {"voice", "out"}, "mtc call": {"voice", "in"}, "mo call": {"voice", "out"}, "mt call": {"voice", "in"},
	"mocall": {"voice", "out"}, "mtcall": {"voice", "in"}, "mocallrecord": {"voice", "out"}, "mtcallrecord": {"voice", "in"}, "voice mo": {"voice", "out"}, "voice mt": {"voice", "in"},
	"voice out": {"voice", "out"}, "voice in": {"voice", "in"}, "call out": {"voice", "out"}, "call in": {"voice", "in"},
	"outgoing call": {"voice", "out"}, "incoming call": {"voice", "in"},
	"sms mo": {"message", "out"}, "sms mt": {"message", "in"}, "mo sms": {"message", "out"}, "mt sms": {"message", "in"}, "smsmo": {"message", "out"}, "smsmt": {"message", "in"},
	"mosms": {"message", "out"}, "mtsms": {"message", "in"}, "mosmsrecord": {"message", "out"}, "mtsmsrecord": {"message", "in"}, "smmo": {"message", "out"}, "smmt": {"message", "in"},
	"sms out": {"message", "out"}, "sms in": {"message", "in"}, "outgoing sms": {"message", "out"}, "incoming sms": {"message", "in"},
	"mms mo": {"message", "out"}, "mms mt": {"message", "in"},
}

// sidesAlone are words of sidedKinds and directions that stand for a voice call where
// others of the column name another kind, as IN and OUT beside SMS_IN.
var sidesAlone = map[string]bool{"in": true, "out": true}

// withSided adds the words that say what it was and whose side recorded it, with
// each of the marks that stand between their parts.
func withSided(means map[string]string, sided map[string][2]string, side bool) map[string]string {
	for word, both := range sided {
		what := both[0]
		if side {
			what = both[1]
		}
		for _, mark := range []string{" ", "-", "_", "/"} {
			means[strings.ReplaceAll(word, " ", mark)] = what
		}
	}
	return means
}

var yesNo = &vocabulary{"yes and no", map[string]string{
	"yes": "true", "y": "true", "true": "true", "t": "true", "1": "true", "answered": "true", "ok": "true",
	"no": "false", "n": "false", "false": "false", "f": "false", "0": "false", "missed": "false", "unanswered": "false",
}}

// answers tell whether a call was answered, as exchanges write it, too.
var answers = &vocabulary{yesNo.list, withWords(yesNo.means, map[string]string{
	"completed": "true", "connected": "true", "success": "true", "normal": "true",
	"call connected": "true", "accepted": "true", "no answer": "false", "no-answer": "false", "noanswer": "false", "not answered": "false", "busy": "false", "failed": "false", "canceled": "false",
	"cancelled": "false", "cancel": "false", "congestion": "false", "chanunavail": "false", "rejected": "false", "declined": "false", "voicemail": "false",
})}

func withWords(means, more map[string]string) map[string]string {
	out := maps.Clone(means)
	maps.Copy(out, more)
	return out
}

// stocked tell whether a product can be had, as catalogues and feeds write it.
var stocked = &vocabulary{"yes, no and words such as in_stock, out_of_stock and preorder", withWords(yesNo.means, map[string]string{
	"in_stock": "true", "in stock": "true", "instock": "true", "https://schema.org/instock": "true", "http://schema.org/instock": "true", "available": "true", "active": "true", "published": "true",
	"preorder": "true", "pre-order": "true", "backorder": "true", "on backorder": "true", "onbackorder": "true", "available for order": "true", "low stock": "true", "limited": "true", "limited availability": "true",
	"out_of_stock": "false", "out of stock": "false", "outofstock": "false", "https://schema.org/outofstock": "false", "http://schema.org/outofstock": "false", "sold out": "false", "soldout": "false", "sold_out": "false",
	"unavailable": "false", "not available": "false", "discontinued": "false", "archived": "false", "draft": "false", "inactive": "false", "unpublished": "false", "delisted": "false",
	"verfügbar": "true", "lieferbar": "true", "auf lager": "true", "nicht verfügbar": "false", "nicht lieferbar": "false", "ausverkauft": "false", "disponible": "true", "en stock": "true", "agotado": "false", "no disponible": "false",
	"indisponible": "false", "épuisé": "false", "rupture": "false", "disponibile": "true", "esaurito": "false", "non disponibile": "false", "dostępny": "true", "niedostępny": "false", "skladem": "true", "vyprodáno": "false",
	"в наличии": "true", "нет в наличии": "false",
})}

var responses = &vocabulary{"yes, no and words such as opened, clicked, bought, none and declined", map[string]string{
	"yes": "true", "y": "true", "true": "true", "t": "true", "1": "true",
	"responded": "true", "response": "true", "positive": "true", "success": "true", "accepted": "true", "accept": "true", "interested": "true",
	"opened": "true", "open": "true", "read": "true", "clicked": "true", "click": "true", "visited": "true", "visit": "true", "replied": "true", "reply": "true",
	"answered": "true", "called back": "true", "redeemed": "true", "bought": "true", "purchased": "true", "purchase": "true", "converted": "true",
	"conversion": "true", "sale": "true", "sold": "true", "ordered": "true", "subscribed": "true",
	"opened email": "true", "clicked email": "true", "email open": "true", "email opened": "true", "email click": "true", "email clicked": "true", "placed order": "true",
	"received email": "false", "email sent": "false", "email delivered": "false", "email bounce": "false", "unsubscribe": "false", "unopened": "false", "send": "false", "delivery": "false",
	"no": "false", "n": "false", "false": "false", "f": "false", "0": "false",
	"none": "false", "no response": "false", "negative": "false", "failure": "false", "declined": "false", "decline": "false", "refused": "false", "rejected": "false",
	"not interested": "false", "ignored": "false", "sent": "false", "delivered": "false", "bounced": "false", "bounce": "false", "unsubscribed": "false",
	"unanswered": "false", "no answer": "false", "not reached": "false", "busy": "false", "voicemail": "false",
}}

var feedbackKinds = &vocabulary{"survey, complaint and praise", map[string]string{
	"survey": "survey", "surveys": "survey", "nps": "survey", "csat": "survey", "ces": "survey", "poll": "survey", "questionnaire": "survey",
	"rating": "survey", "review": "survey", "feedback": "survey",
	"complaint": "complaint", "complaints": "complaint", "complain": "complaint", "claim": "complaint", "grievance": "complaint", "dispute": "complaint",
	"escalation": "complaint", "ticket": "complaint", "trouble ticket": "complaint",
	"praise": "praise", "compliment": "praise", "commendation": "praise", "thanks": "praise",
}}

// leavings tell who left, stays the same of columns that say who is still here:
// both give whether the customer left.
var leavings = &vocabulary{"yes and no, left and active", withStates(map[string]string{
	"yes": "true", "y": "true", "true": "true", "true.": "true", "t": "true", "1": "true",
	"no": "false", "n": "false", "false": "false", "false.": "false", "f": "false", "0": "false",
})}

var stays = &vocabulary{"yes and no, active and left", withStates(map[string]string{
	"yes": "false", "y": "false", "true": "false", "t": "false", "1": "false",
	"no": "true", "n": "true", "false": "true", "f": "true", "0": "true",
})}

// withStates adds the words that say which of both it is.
func withStates(means map[string]string) map[string]string {
	for _, w := range []string{"left", "gone", "churn", "churned", "churner", "exited", "departed", "inactive", "cancelled", "canceled", "terminated", "closed",
		"deactivated", "disconnected", "lost", "former", "attrited", "attrited customer", "expired",
		"gekündigt", "gekuendigt", "inaktiv", "baja", "inactivo", "de baja", "résilié", "resilie", "inactif", "disdetto", "cessato", "inattivo", "nieaktywny", "zrezygnował", "neaktivní", "отключен", "неактивен", "ушел"} {
		means[w] = "true"
	}
	for _, w := range []string{"active", "stayed", "stays", "staying", "retained", "current", "existing", "existing customer", "joined", "open", "loyal",
		"still here", "not churned", "non-churned", "no churn", "non_renewing", "trialing", "past_due", "in_trial", "live",
		"aktiv", "activo", "alta", "actif", "attivo", "aktywny", "aktivní", "активен", "действует"} {
		means[w] = "false"
	}
	return means
}

// of is the word that a text stands for, or nothing.
func (v *vocabulary) of(text string) string { return v.means[strings.ToLower(strings.TrimSpace(text))] }

// texts are all that is understood: the words themselves first, as they are the
// most likely.
func (v *vocabulary) texts() []string {
	texts := make([]string, 0, len(v.means))
	for t := range v.means {
		texts = append(texts, t)
	}
	slices.SortFunc(texts, func(a, b string) int {
		if x, y := v.means[a] == a, v.means[b] == b; x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return texts
}
