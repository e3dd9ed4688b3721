package neo4jstore

import "strings"

// clue is a word in a name, and how much it says. Longer names that contain it
// say the same.
type clue struct {
	word   string
	weight int
}

// The words that names of each sort tend to have.
var (
	customerClues = []clue{
		{"customer", 5}, {"client", 5}, {"subscriber", 5}, {"consumer", 5}, {"buyer", 5}, {"shopper", 5}, {"kunde", 5}, {"cliente", 5},
		{"user", 4}, {"person", 4}, {"people", 4}, {"member", 4}, {"household", 4}, {"account", 3}, {"player", 3}, {"student", 3},
		{"employee", 3}, {"contact", 3}, {"streamer", 3}, {"msisdn", 3}, {"phone", 2}, {"author", 2}, {"actor", 2},
	}
	productClues = []clue{
		{"product", 5}, {"item", 5}, {"article", 5}, {"sku", 5}, {"tariff", 5}, {"produkt", 5}, {"movie", 4}, {"film", 4}, {"book", 4},
		{"song", 4}, {"track", 4}, {"album", 4}, {"game", 4}, {"show", 3}, {"offer", 4}, {"plan", 3}, {"service", 3}, {"course", 3},
		{"video", 4}, {"app", 3}, {"restaurant", 3}, {"dish", 3},
	}
	purchaseClues = []clue{
		{"bought", 5}, {"purchas", 5}, {"order", 5}, {"buy", 5}, {"paid", 4}, {"subscrib", 4}, {"rented", 4}, {"owns", 4}, {"has_bought", 5},
		{"rated", 3}, {"likes", 3}, {"plays", 3}, {"watched", 3}, {"listened", 3}, {"read", 2}, {"uses", 3}, {"attended", 2}, {"reviewed", 2},
	}
	viewClues   = []clue{{"view", 5}, {"visit", 5}, {"click", 5}, {"seen", 4}, {"brows", 4}, {"opened", 3}, {"saw", 3}, {"wish", 2}}
	mutualClues = []clue{
		{"friend", 5}, {"knows", 5}, {"colleague", 5}, {"married", 5}, {"sibling", 5}, {"relat", 4}, {"neighbo", 4}, {"similar", 4}, {"mutual", 5}, {"lives_with", 4}, {"spouse", 5},
	}
	idClues = []clue{
		{"uuid", 5}, {"guid", 5}, {"msisdn", 4}, {"sku", 4}, {"key", 3}, {"code", 3}, {"number", 3}, {"email", 3}, {"login", 3},
		{"username", 4}, {"handle", 3}, {"phone", 3}, {"isbn", 4}, {"name", 1}, {"title", 1},
	}
	weightClues = []clue{
		{"weight", 6}, {"strength", 6}, {"calls", 5}, {"count", 5}, {"times", 5}, {"frequency", 5}, {"messages", 4}, {"seconds", 3},
		{"minutes", 3}, {"duration", 3}, {"quantity", 4}, {"views", 4}, {"score", 2}, {"rating", 2}, {"hours", 3},
	}
	amountClues   = []clue{{"amount", 5}, {"total", 5}, {"paid", 5}, {"price", 4}, {"revenue", 5}, {"spend", 5}, {"spent", 5}, {"cost", 4}}
	leftClues     = []clue{{"churn", 5}, {"left_", 5}, {"leave", 4}, {"cancel", 4}, {"closed", 3}, {"deactivat", 4}, {"terminat", 4}, {"unsubscrib", 4}}
	firstClues    = []clue{{"first", 5}, {"since", 4}, {"start", 4}, {"from", 3}, {"created", 3}}
	lastClues     = []clue{{"last", 5}, {"until", 4}, {"end", 3}, {"latest", 5}, {"updated", 3}}
	momentClues   = []clue{{"timestamp", 5}, {"datetime", 5}, {"date", 4}, {"time", 3}, {"_at", 4}, {"when", 3}}
	categoryClues = []clue{{"category", 5}, {"genre", 5}, {"kind", 4}, {"group", 3}, {"department", 4}, {"type", 3}, {"section", 3}}
	titleClues    = []clue{{"name", 5}, {"title", 5}, {"label", 3}}
	priceClues    = []clue{{"price", 5}, {"fee", 3}, {"cost", 3}}
	contactClues  = []clue{{"call", 5}, {"message", 5}, {"sms", 5}, {"mail", 4}, {"transfer", 4}, {"chat", 4}, {"transaction", 4}}
	takerClues    = []clue{{"receiv", 5}, {"callee", 5}, {"called", 4}, {"to", 2}, {"took", 3}, {"recipient", 5}, {"got", 3}}
	secretClues   = []clue{{"password", 5}, {"secret", 5}, {"token", 5}, {"hash", 5}, {"salt", 5}}
)

// says is the weight of the strongest clue that a name has.
func says(name string, clues []clue) (weight int) {
	name = strings.ToLower(name)
	for _, c := range clues {
		if strings.Contains(name, c.word) {
			weight = max(weight, c.weight)
		}
	}
	return weight
}
