package loaders

import (
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

var callKinds = &vocabulary{"voice, message and data", map[string]string{
	"voice": "voice", "call": "voice", "calls": "voice", "phone": "voice", "v": "voice", "moc": "voice", "mtc": "voice",
	"message": "message", "messages": "message", "sms": "message", "mms": "message", "text": "message", "msg": "message", "m": "message", "s": "message", "chat": "message",
	"data": "data", "gprs": "data", "internet": "data", "d": "data",
}}

var directions = &vocabulary{"in, out and both", map[string]string{
	"out": "out", "outgoing": "out", "outbound": "out", "o": "out", "mo": "out", "moc": "out", "originating": "out", "originated": "out", "made": "out", "sent": "out",
	"in": "in", "incoming": "in", "inbound": "in", "i": "in", "mt": "in", "mtc": "in", "terminating": "in", "terminated": "in", "received": "in",
	"both": "both", "b": "both", "internal": "both",
}}

var yesNo = &vocabulary{"yes and no", map[string]string{
	"yes": "true", "y": "true", "true": "true", "t": "true", "1": "true", "answered": "true", "ok": "true",
	"no": "false", "n": "false", "false": "false", "f": "false", "0": "false", "missed": "false", "unanswered": "false",
}}

var responses = &vocabulary{"yes, no and words such as opened, clicked, bought, none and declined", map[string]string{
	"yes": "true", "y": "true", "true": "true", "t": "true", "1": "true",
	"responded": "true", "response": "true", "positive": "true", "success": "true", "accepted": "true", "accept": "true", "interested": "true",
	"opened": "true", "open": "true", "read": "true", "clicked": "true", "click": "true", "visited": "true", "visit": "true", "replied": "true", "reply": "true",
	"answered": "true", "called back": "true", "redeemed": "true", "bought": "true", "purchased": "true", "purchase": "true", "converted": "true",
	"conversion": "true", "sale": "true", "sold": "true", "ordered": "true", "subscribed": "true",
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
		"deactivated", "disconnected", "lost", "former", "attrited", "attrited customer"} {
		means[w] = "true"
	}
	for _, w := range []string{"active", "stayed", "stays", "staying", "retained", "current", "existing", "existing customer", "joined", "open", "loyal",
		"still here", "not churned", "non-churned", "no churn"} {
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
