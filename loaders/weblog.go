package loaders

import (
	"bufio"
	"bytes"
	"errors"
	"hash/fnv"
	"io"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/graph/duckstore"
)

// weblogHeader names the columns that are made of the log of a web server.
const weblogHeader = "user,session,page,time,method,status,bytes,referer,user_agent\n"

var (
	// accessLine is a line in the common or the combined format, with or without
	// the name of the site before it, and whatever a house adds behind it.
	accessLine = regexp.MustCompile(`^(?:\S+ )?(\S+) \S+ (\S+) \[(\d{1,2}/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?: .*)?$`)
	// fieldsLine says which fields follow, in the extended format of the W3C.
	fieldsLine   = regexp.MustCompile(`(?m)^#Fields:.*$`)
	maybeAddress = regexp.MustCompile(`[0-9A-Fa-f.:]{3,}`)
	// robots are in the names of programs that read pages and are nobody.
	robots = regexp.MustCompile(`(?i)bot\b|bot/|crawl|spider|slurp|monitor|pingdom|^curl/|^wget/|python-requests|go-http-client|headless`)
	// tracking are parameters of an address that say how somebody came to a page.
	tracking = regexp.MustCompile(`^(utm_.*|gclid|gbraid|wbraid|fbclid|msclkid|yclid|dclid|mc_cid|mc_eid|_ga|_gl|igshid)$`)
)

// assets are endings of files that a page brings along.
var assets = strings.Fields(".css .js .mjs .map .json .xml .txt .png .jpg .jpeg .gif .svg .ico .webp .avif .bmp .woff .woff2 .ttf .eot .otf .mp4 .webm .mp3 .php~ .axd .wasm .webmanifest")

// isWeblog says whether a text is the log of a web server: nearly all of its first
// lines are in the common or combined format, or it says that it is in that of the
// W3C.
func isWeblog(head []byte) bool {
	if bytes.HasPrefix(head, []byte("#")) {
		line := fieldsLine.Find(head)
		return line != nil && bytes.Contains(line, []byte("cs-uri-stem"))
	}
	lines, fit := 0, 0
	for line := range bytes.SplitSeq(head, []byte{'\n'}) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if lines++; accessLine.Match(line) {
			fit++
		}
		if lines == 50 {
			break
		}
	}
	return lines > 0 && fit*10 >= lines*8
}

// weblog says whether the options let a text be read as the log of a web server:
// who says how it is delimited, or which column is what by number, has another way.
func (o *Options) weblog() bool {
	if o.Kind != "" && o.Kind != Visits || o.Delimiter != "" || o.Header != HeaderGuessed {
		return false
	}
	for _, column := range o.Map {
		if _, err := strconv.Atoi(strings.TrimSpace(column)); err == nil {
			return false
		}
	}
	return true
}

// weblogReader makes a row of each page that somebody saw, on the line on which the
// log has it, under weblogHeader. Requests for what belongs to a page, those that
// failed and those of robots become blank lines, and a line that is none of the
// log's a row of one field, in which a mark before it says what is wrong.
type weblogReader struct {
	in   *bufio.Reader
	buf  bytes.Buffer
	salt string // of sessions
	// fields are those that the log says it has, where it is in the format of the W3C.
	fields []string
	tabs   bool
	err    error
}

// What may be wrong with a line, as it stands among the rejects. A mark is the place in
// this list, from 1 on.
var weblogFaults = []string{
	"the line is not written as the others of the log are",
	"the time of the request is not a possible one",
	"the line does not have the fields that #Fields names",
	"the line is longer than 64 KB",
}

const (
	oddLine = 1 + iota
	oddLineTime
	oddLineFields
	oddLineLength
)

// logged says of a record that is none of the log's what is wrong with it, and has the
// line as its text.
func (r *record) logged() {
	if r.fault == "" || len(r.raw) < 2 || r.raw[0] != '"' || int(r.raw[1]) > len(weblogFaults) || r.raw[1] == 0 {
		return
	}
	if r.fault == faultFew {
		r.fault = weblogFaults[r.raw[1]-1]
	}
	r.raw = bytes.ReplaceAll(bytes.TrimSuffix(r.raw[2:], []byte(`"`)), []byte(`""`), []byte(`"`))
}

func newWeblogReader(r io.Reader, salt string) *weblogReader {
	w := &weblogReader{in: bufio.NewReaderSize(r, 1<<16), salt: salt}
	w.buf.WriteString(weblogHeader)
	return w
}

// Read implements io.Reader.
func (w *weblogReader) Read(to []byte) (int, error) {
	for w.buf.Len() == 0 {
		if w.err != nil {
			return 0, w.err
		}
		var line []byte
		line, w.err = w.in.ReadSlice('\n')
		if errors.Is(w.err, bufio.ErrBufferFull) { // a line that long is none of a log's
			w.refuse(string(line), oddLineLength)
			for errors.Is(w.err, bufio.ErrBufferFull) {
				_, w.err = w.in.ReadSlice('\n')
			}
			w.buf.WriteByte('\n')
		} else if len(line) > 0 {
			w.take(strings.TrimRight(string(line), "\r\n"))
			w.buf.WriteByte('\n')
		}
	}
	return w.buf.Read(to)
}

// request is what a log says of one.
type request struct {
	address, user, method, page, status, bytes, referer, agent string
	at                                                         time.Time
}

// take writes the row of a line, if it has one.
func (w *weblogReader) take(line string) {
	if name, list, ok := strings.Cut(line, ":"); ok && name == "#Fields" {
		w.fields, w.tabs = strings.Fields(list), strings.Contains(list, "\t")
	}
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
		return
	}
	r, odd := w.request(line)
	if odd > 0 {
		w.refuse(line, odd)
		return
	}
	if r.isPage() {
		w.row(r)
	}
}

// refuse writes what is no request, without the addresses in it.
func (w *weblogReader) refuse(line string, odd byte) {
	w.quote(string(rune(odd)) + maybeAddress.ReplaceAllStringFunc(line, func(text string) string {
		if _, err := netip.ParseAddr(text); err == nil {
			return "(address)"
		}
		if _, err := netip.ParseAddrPort(text); err == nil {
			return "(address)"
		}
		return text
	}))
}

// request reads a line of either format; odd is what is wrong with it, 0 if nothing is.
func (w *weblogReader) request(line string) (r request, odd byte) {
	if w.fields != nil {
		return w.extended(line)
	}
	m := accessLine.FindStringSubmatch(line)
	if m == nil {
		return r, oddLine
	}
	at, err := time.Parse("2/Jan/2006:15:04:05 -0700", m[3])
	if err != nil {
		return r, oddLineTime
	}
	r = request{address: m[1], user: m[2], at: at, status: m[5], bytes: m[6], referer: unescaped(m[7]), agent: unescaped(m[8])}
	if parts := strings.Fields(m[4]); len(parts) >= 2 {
		r.method, r.page = parts[0], unescaped(parts[1])
	}
	return r, 0
}

// extended reads a line by the fields that the log has named.
func (w *weblogReader) extended(line string) (r request, odd byte) {
	values := strings.Fields(line)
	if w.tabs || strings.Contains(line, "\t") {
		values = strings.Split(line, "\t")
	}
	if len(values) != len(w.fields) {
		return r, oddLineFields
	}
	date, clock, query := "", "", ""
	for i, f := range w.fields {
		v := values[i]
		switch f {
		case "date":
			date = v
		case "time":
			clock = v
		case "c-ip":
			r.address = v
		case "cs-username":
			r.user = v
		case "cs-method":
			r.method = v
		case "cs-uri-stem":
			r.page = v
		case "cs-uri-query":
			query = v
		case "sc-status":
			r.status = v
		case "sc-bytes":
			r.bytes = v
		case "cs(Referer)":
			r.referer = v
		case "cs(User-Agent)":
			r.agent = strings.ReplaceAll(strings.ReplaceAll(v, "+", " "), "%20", " ")
		}
	}
	if query != "" && query != "-" {
		r.page += "?" + query
	}
	var err error
	if r.at, err = time.Parse("2006-01-02 15:04:05", date+" "+clock[:min(8, len(clock))]); err != nil {
		return r, oddLineTime
	}
	return r, 0
}

// isPage says whether somebody saw a page.
func (r request) isPage() bool {
	seen := r.status == "" || r.status[0] == '2' || r.status == "304"
	stem, _, _ := strings.Cut(r.page, "?")
	return (r.method == "" || r.method == "GET") && seen && r.page != "" && !slices.Contains(assets, strings.ToLower(path.Ext(stem))) && !robots.MatchString(r.agent)
}

// row writes the fields of a request. The session is who asked with what on one day: a
// hash with the salt of the data folder, as an address tells of a person.
func (w *weblogReader) row(r request) {
	day := r.at.Format("20060102") + "-"
	session := day + r.address
	if r.agent != "" && r.agent != "-" {
		h := fnv.New32a()
		_, _ = h.Write([]byte(r.agent))
		session += "-" + strconv.FormatUint(uint64(h.Sum32()), 16)
	}
	session = day + duckstore.Mark(w.salt, session)[:16]
	for i, v := range []string{r.user, session, pageOf(r.page), r.at.Format(time.RFC3339), r.method, r.status, r.bytes, r.referer, r.agent} {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		if v != "-" {
			w.quote(v)
		}
	}
}

// quote writes a field.
func (w *weblogReader) quote(v string) {
	w.buf.WriteByte('"')
	w.buf.WriteString(strings.ReplaceAll(v, `"`, `""`))
	w.buf.WriteByte('"')
}

// pageOf is an address without its fragment and what only tells how somebody came.
func pageOf(address string) string {
	address, _, _ = strings.Cut(address, "#")
	stem, query, ok := strings.Cut(address, "?")
	if !ok {
		return stem
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		name, _, _ := strings.Cut(p, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		return name == "" || tracking.MatchString(name)
	})
	if len(kept) == 0 {
		return stem
	}
	return stem + "?" + strings.Join(kept, "&")
}

// unescaped takes the backslashes off that servers put before quotes.
func unescaped(text string) string { return strings.ReplaceAll(text, `\"`, `"`) }
