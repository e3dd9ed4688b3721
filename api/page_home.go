package api

import (
	"log/slog"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
)

type homePage struct {
	frame
	Heading            string
	Run                Run
	Customers, Gone    int
	Communities, Level int
	LevelCount         int
	Coarse             bool
	BaseRisk, Loss     float64
	Currency           string
	Levels             []levelLink
	Sorts              []sortLink
	Rows               []communityRow
	Columns            int
	Next               string
	Notice             string
	etag               string
}

// etagOf is the validator of the page where it says more than the result.
func (p homePage) etagOf() string { return p.etag }

type levelLink struct {
	Level int
	Link  string
	Here  bool
}

type sortLink struct {
	Name, Link  string
	Here, Minor bool
}

type communityRow struct {
	Community
	Bar bar
}

// homeSorts are the columns of the first page, in their order.
var homeSorts = []struct {
	by            CommunitySort
	name, heading string
	ofRisk, minor bool
}{
	{CommunitySortRisk, "Risk", "Communities at risk", true, false},
	{CommunitySortExpectedLoss, "Expected loss", "Communities by expected loss", true, false},
	{CommunitySortSize, "Members", "Communities by size", false, false},
	{CommunitySortDensity, "Density", "Communities by density", false, true},
}

func (s *Server) homePage(snapshot *snapshot, c echo.Context) (string, any, error) {
	sort, level := CommunitySort(c.QueryParam("sort")), 0
	if sort == "" {
		sort = CommunitySortRisk
		if snapshot.Run.BaseRisk == 0 {
			sort = CommunitySortSize
		}
	}
	if !sort.Valid() {
		return "", nil, badRequest(ParameterError{"sort", "is not one of risk, size, expected_loss and density"})
	}
	if text := c.QueryParam("level"); text != "" {
		var err error
		if level, err = strconv.Atoi(text); err != nil || level < 0 {
			return "", nil, badRequest(ParameterError{"level", "is not a whole number from 0"})
		}
	}
	items, next, err := snapshot.listCommunities(sort, level, c.QueryParam("cursor"), 25)
	if err != nil {
		return "", nil, err
	}
	l := &snapshot.Levels[level]
	data := homePage{
		Run: snapshot.run(), Customers: snapshot.Customers.Len(), Gone: snapshot.gone,
		Communities: l.Count(), Level: level, LevelCount: len(snapshot.Levels), Coarse: level > 0,
		BaseRisk: snapshot.Run.BaseRisk, Currency: snapshot.Run.Currency,
	}
	for _, loss := range l.ExpectedLoss {
		data.Loss += loss
	}
	for i := range snapshot.Levels {
		data.Levels = append(data.Levels, levelLink{i, homeLink(sort, i, ""), i == level})
	}
	for _, column := range homeSorts {
		if column.by == sort {
			data.Heading = column.heading
		}
		if data.BaseRisk > 0 || !column.ofRisk {
			data.Sorts = append(data.Sorts, sortLink{column.name, homeLink(column.by, level, ""), column.by == sort, column.minor})
		}
	}
	highest := slices.Max(append([]float64{0}, l.Risk...))
	for _, item := range items {
		data.Rows = append(data.Rows, communityRow{item, barOf(item.Risk, highest, item.Risk > snapshot.Run.BaseRisk)})
	}
	if next != nil {
		data.Next = homeLink(sort, level, *next)
	}
	if s.options.Notice != nil {
		if data.Notice, err = s.options.Notice(c.Request().Context()); err != nil {
			// The page is as right without.
			s.log.Warn("no notice for the first page", slog.Any("error", err))
		}
	}
	if data.Notice != "" {
		if data.etag, err = etagWith(snapshot.etag, data.Notice); err != nil {
			return "", nil, err
		}
	}
	data.Columns = len(data.Sorts) + 2
	data.frame = s.frame(data.Heading, snapshot)
	return "home", data, nil
}

func homeLink(sort CommunitySort, level int, cursor string) string {
	query := url.Values{"sort": {string(sort)}}
	if level > 0 {
		query.Set("level", strconv.Itoa(level))
	}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	return "/?" + query.Encode()
}
