package loaders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// learn reads the beginning of a text file and finds out how it is written.
func (s *source) learn(ctx context.Context, o *Options) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	head, whole, err := s.beginning(o)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(head)) == 0 && whole {
		if len(head) == 0 {
			return s.fail(0, "it is empty; check what wrote it")
		}
		return s.fail(0, "it has blank lines only; check what wrote it")
	}
	s.d.cr = bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0
	if rows, ok := listsOf(head, whole); ok {
		s.lists, s.d.cr, s.d.delim = true, false, ","
		if err := s.checkUTF8(head, o); err != nil {
			return err
		}
		named := *o
		named.Header = HeaderYes
		return s.learnColumns(rows, whole, ",", &named)
	}
	if o.weblog() && isWeblog(head) {
		return s.learnWeblog(head, whole, o)
	}
	if graphText.Match(head) {
		s.graph, s.d.json, s.d.cr = partOf(o.Kind), jsonLines, false
		return s.learnObjects(ctx, o)
	}
	if s.d.json, err = s.jsonForm(head); err != nil {
		return err
	}
	if s.d.json != notJSON {
		return s.learnObjects(ctx, o)
	}
	if !whole { // leave the last row out, which may be cut
		end := byte('\n')
		if s.d.cr {
			end = '\r'
		}
		i := bytes.LastIndexByte(head, end)
		if i < 0 {
			return s.fail(1, "the first line is longer than 1 MB; check what wrote the file and how it ends its lines")
		}
		head = head[:i+1]
	}
	if err := s.checkUTF8(head, o); err != nil {
		return err
	}
	head, said := s.excel(head)
	guessed := said
	if said == "" {
		guessed = sniffDelimiter(head, s.d)
	}
	if o.Header != HeaderNo {
		head, guessed = s.title(head, guessed, o)
	}
	s.d.delim = guessed
	if o.Delimiter != "" {
		if s.d.delim, err = delimiter(o.Delimiter); err != nil {
			return err
		}
	}
	return s.learnColumns(head, whole, guessed, o)
}

// learnWeblog takes the columns and a sample from the first lines of the log of a
// web server.
func (s *source) learnWeblog(head []byte, whole bool, o *Options) error {
	if !whole {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	if err := s.checkUTF8(head, o); err != nil {
		return err
	}
	if s.folderSalt != nil {
		salt, err := s.folderSalt()
		if err != nil {
			return err
		}
		s.salt = salt
	}
	rows, err := io.ReadAll(newWeblogReader(bytes.NewReader(head), s.salt))
	if err != nil {
		return err
	}
	s.weblog, s.d.cr, s.d.delim = true, false, ","
	named := *o
	named.Header = HeaderYes
	return s.learnColumns(rows, whole, ",", &named)
}

// excel takes off the first line where it is "sep=;", by which Excel tells the
// delimiter.
func (s *source) excel(head []byte) (rest []byte, delim separator) {
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	line = bytes.Trim(bytes.TrimSuffix(line, []byte{'\r'}), `"`)
	if len(line) != len("sep=;") || !bytes.EqualFold(line[:4], []byte("sep=")) || len(bytes.TrimSpace(rest)) == 0 {
		return head, ""
	}
	delim, err := delimiter(string(line[4:]))
	if err != nil {
		return head, ""
	}
	s.preamble = true
	return rest, delim
}

// learnColumns takes the columns and a sample of their values from the first
// rows of delimited text.
func (s *source) learnColumns(head []byte, whole bool, guessed separator, o *Options) error {
	rows, faulty, fault := sampleOf(head, s.d, sampleRows)
	switch {
	case fault != "" && o.Header != HeaderNo:
		if fault == faultUTF8 {
			fault = s.charset.fault()
		}
		if guessed != s.d.delim && fault != s.charset.fault() {
			return s.fail(1, "the first row cannot be read with the delimiter %s: %s; it looks as if %s were between the fields: pass --delimiter %s or leave it out",
				delimName(s.d.delim), fault, delimName(guessed), delimName(guessed))
		}
		return s.fail(1, "the first row cannot be read: %s; correct the file", fault)
	case len(rows) == 0:
		return s.fail(0, "it has no row that can be read; check what wrote it")
	}
	switch o.Header {
	case HeaderYes:
		s.header = true
	case HeaderNo:
	default:
		s.header = hasHeader(rows)
	}
	if s.header {
		for i, name := range rows[0] {
			s.columns = append(s.columns, columnName(name, i))
		}
		heading := rows[0]
		rows = slices.DeleteFunc(rows[1:], func(row []string) bool { return slices.Equal(row, heading) })
		if len(rows) == 0 && faulty == 0 && whole {
			return &noRowsError{s.fail(0, "it has a header but no rows; check what wrote it, or pass --header no if the first row is data")}
		}
	} else {
		for i := range usualLength(rows) {
			s.columns = append(s.columns, fmt.Sprint(i+1))
		}
	}
	s.d.columns = len(s.columns)
	s.nameColumns()
	for _, row := range rows {
		if len(row) == len(s.columns) {
			s.sample = append(s.sample, row)
		}
	}
	if len(s.columns) == 1 && guessed != s.d.delim {
		rows, _, _ := sampleOf(head, dialect{delim: guessed, cr: s.d.cr}, sampleRows)
		if usualLength(rows) > 1 {
			return s.fail(0, "with the delimiter %s every row is one field; it looks as if %s were between them: pass --delimiter %s or leave it out",
				delimName(s.d.delim), delimName(guessed), delimName(guessed))
		}
	}
	return nil
}

// columnName is what a column is called whose name in the file may be blank.
func columnName(name string, i int) string {
	if name = strings.TrimSpace(name); name == "" {
		return fmt.Sprintf("column %d", i+1)
	}
	return name
}

// nameColumns gives the columns the names by which SQL knows them.
func (s *source) nameColumns() {
	for i := range s.columns {
		s.exprs = append(s.exprs, fmt.Sprintf("c%d", i+1))
	}
}

// beginning is the first text of the file, decoded, and whether that is all of
// it. It finds the encoding.
func (s *source) beginning(o *Options) (head []byte, whole bool, err error) {
	asked := charset{}
	if o.Encoding != "" {
		if asked, err = charsetOf(o.Encoding); err != nil {
			return nil, false, err
		}
	}
	f, err := os.Open(s.file)
	if err != nil {
		return nil, false, fmt.Errorf("open %s: %w", s.path, err)
	}
	defer f.Close()
	r, err := s.unpack(f)
	if err != nil {
		return nil, false, err
	}
	defer r.Close()
	head, err = io.ReadAll(io.LimitReader(r, sampleBytes))
	if err != nil {
		return nil, false, s.readError(int64(bytes.Count(head, []byte{'\n'})+1), err)
	}
	whole = len(head) < sampleBytes
	for _, m := range magicOther {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return nil, false, s.fail(0, "%s", m.advice)
		}
	}
	if s.charset, err = detectCharset(head, asked); errors.Is(err, errMark) {
		return nil, false, s.fail(1, "its byte order mark says that it is %s and not %s; leave --encoding out", s.charset.name, asked.name)
	}
	text, err := s.charset.reader(bytes.NewReader(head))
	if err == nil {
		head, err = io.ReadAll(text)
	}
	if err != nil {
		return nil, false, fmt.Errorf("decode %s: %w", s.path, err)
	}
	if s.charset.enc != nil && !whole { // a character may be cut
		head = bytes.TrimRight(head, "\xff")
	}
	return head, whole, s.checkText(head)
}

// checkText refuses what is not text.
func (s *source) checkText(head []byte) error {
	zeros, separators, control := 0, 0, 0
	n := min(len(head), 1<<16)
	for _, c := range head[:n] {
		switch {
		case c == 0:
			zeros++
		case c == 0x01 || c == 0x1f:
			separators++
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f':
			control++
		}
	}
	odd := zeros + control
	if odd > 0 { // else they may stand between fields
		odd += separators
	}
	switch {
	case odd > 2 && odd*50 > n:
		return s.fail(0, "it is a binary file, not text; kith load reads CSV, TSV, JSON Lines and Parquet")
	case s.charset.enc != nil && bytes.Count(head[:n], []byte{undecodable})*10 > n:
		return s.fail(0, "it is not %s text; pass another --encoding, or none", s.charset.name)
	}
	return nil
}

// checkUTF8 refuses a file that is in another encoding throughout: some rows are
// not UTF-8, and none has a character of UTF-8 beyond ASCII.
func (s *source) checkUTF8(head []byte, o *Options) error {
	if s.charset.enc != nil || o.Encoding != "" || utf8.Valid(head) {
		return nil
	}
	var wild [][]byte
	first, lines := 0, 0
	for line := range bytes.SplitSeq(head, []byte{'\n'}) {
		lines++
		if !utf8.Valid(line) {
			if wild = append(wild, line); first == 0 {
				first = lines
			}
		} else if bytes.ContainsFunc(line, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return nil // a file of UTF-8 with some rows that are not
		}
	}
	if len(wild)*100 < lines {
		return nil // so few that they are rejected
	}
	best, sentence := advise(wild)
	return s.fail(int64(first), "it is not UTF-8 text; %s: pass --encoding %s or another, or --encoding utf-8 to have such rows rejected", sentence, best)
}

// jsonForm says how a text holds JSON, if it does.
func (s *source) jsonForm(head []byte) (jsonForm, error) {
	told := slices.Contains([]string{".json", ".jsonl", ".ndjson"}, ending(s.path))
	text := bytes.TrimLeft(head, " \t\r\n")
	inner := bytes.TrimLeft(text[min(1, len(text)):], " \t\r\n")
	opens := func(set string) bool { return len(inner) > 0 && strings.IndexByte(set, inner[0]) >= 0 }
	switch {
	case text[0] == '[' && opens("{]"):
		return jsonArray, nil
	case text[0] == '{' && opens(`"}`):
	case !told:
		return notJSON, nil
	case ending(s.path) == ".json":
		return notJSON, s.fail(1, "it holds no objects of JSON, as its ending says; check what wrote it, or give it an ending such as .csv")
	}
	// An object that ends on another line belongs to a stream.
	line, _, more := bytes.Cut(text, []byte{'\n'})
	if fault, _ := newObjects(map[string]int{}, true).take(bytes.TrimSpace(line)); more && fault == faultCut {
		value, err := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true)).ReadValue()
		if err == nil && bytes.IndexByte(value, '\n') >= 0 {
			return jsonStream, nil
		}
	}
	return jsonLines, nil
}

// learnObjects reads a file of JSON through for its keys, which are the columns,
// in the order in which they come first.
func (s *source) learnObjects(ctx context.Context, o *Options) error {
	f, err := os.Open(s.file)
	if err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	defer f.Close()
	raw := newPump(f)
	defer raw.stop()
	s.d.keys = map[string]int{}
	sc, closer, err := s.rows(raw)
	if err != nil {
		return err
	}
	defer closer.Close()
	sc.grow = true
	first := ""
	var line int64
	for n := 0; sc.next(); n++ {
		if n&0xffff == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			o.Progress.Report("looking at "+s.path, raw.read.Load(), s.bytes)
		}
		if len(s.d.keys) > mostKeys {
			return s.fail(sc.rec.line, "it has more than %d different keys, so some of them look like values; write those as values of one key", mostKeys)
		}
		if sc.rec.fault != "" {
			if first == "" {
				line = sc.rec.line
				first = sc.rec.fault
				if sc.rec.place != "" {
					first += " at " + sc.rec.place
				}
			}
			continue
		}
		if len(s.sample) < sampleRows {
			row := make([]string, len(sc.rec.fields))
			for i, f := range sc.rec.fields {
				row[i] = string(f)
			}
			s.sample = append(s.sample, row)
		}
	}
	switch {
	case sc.err != nil:
		return s.readError(sc.line, sc.err)
	case len(s.sample) == 0 && first != "":
		return s.fail(line, "it has no row of JSON that can be read: %s; check what wrote it", first)
	case len(s.d.keys) == 0:
		return s.fail(0, "it has no objects with values; check what wrote it")
	}
	s.columns = make([]string, len(s.d.keys))
	for key, i := range s.d.keys {
		s.columns[i] = columnName(key, i)
	}
	s.d.columns = len(s.columns)
	s.nameColumns()
	for i, row := range s.sample {
		s.sample[i] = append(row, make([]string, len(s.columns)-len(row))...)
	}
	return nil
}
