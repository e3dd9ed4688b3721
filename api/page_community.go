package api

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"kith/community/recommend"
)

type communityPage struct {
	frame
	Detail  CommunityDetail
	Bar     bar
	Members []memberRow
	Popular []Recommendation
	Next    string
}

type memberRow struct {
	Member
	Bar bar
}

func (s *Server) communityPage(snapshot *snapshot, c echo.Context) (string, any, error) {
	id, err := pathID(c)
	if err != nil {
		return "", nil, err
	}
	p, err := snapshot.place(id)
	if err != nil {
		return "", nil, err
	}
	members, next, err := snapshot.members(p, c.QueryParam("cursor"), 50)
	if err != nil {
		return "", nil, err
	}
	l, base := &snapshot.Levels[p.level], snapshot.Run.BaseRisk
	data := communityPage{frame: s.frame("Community "+id, snapshot), Detail: snapshot.detail(p)}
	data.Bar = barOf(data.Detail.Risk, slices.Max(l.Risk), data.Detail.Risk > base)
	highest := base
	for _, u := range l.MembersOf(p.community) {
		highest = max(highest, snapshot.Risk[u])
	}
	for _, m := range members {
		data.Members = append(data.Members, memberRow{m, barOf(m.Risk, highest, m.Risk > base)})
	}
	if next != nil {
		data.Next = "/communities/" + url.PathEscape(id) + "?cursor=" + *next
	}
	popular := snapshot.Recommend.Popular(nil, p.level, p.community, recommend.ByLift, 0, 12)
	data.Popular, err = snapshot.recommendations(popular, "this community")
	return "community", data, err
}
