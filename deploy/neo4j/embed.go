package neo4j

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed style.grass
var styleSheet []byte

//go:embed guide.html
var guide []byte

//go:embed favourites/*.cypher
var favouriteFiles embed.FS

// Home is where the guide says that these files are; whoever serves them from
// elsewhere replaces it.
const Home = "http://localhost:8080/browser/"

// Favourite is one query.
type Favourite struct {
	// Name is the name of the file without its ending, such as 03-leader.
	Name string
	// Title is the question that the query answers.
	Title string
	Text  []byte
}

// StyleSheet is the GraSS style sheet.
func StyleSheet() []byte { return styleSheet }

// Guide is the guide, in HTML.
func Guide() []byte { return guide }

// Favourites are all queries, in the order of their names.
func Favourites() ([]Favourite, error) {
	entries, err := fs.ReadDir(favouriteFiles, "favourites")
	if err != nil {
		return nil, fmt.Errorf("list the favourites: %w", err)
	}
	list := make([]Favourite, 0, len(entries))
	for _, e := range entries {
		text, err := favouriteFiles.ReadFile(path.Join("favourites", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a favourite: %w", err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		list = append(list, Favourite{
			Name:  strings.TrimSuffix(e.Name(), ".cypher"),
			Title: strings.TrimSpace(strings.TrimPrefix(first, "//")),
			Text:  text,
		})
	}
	return list, nil
}
