package loaders

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/duckdb/duckdb-go/v2"
)

// DuckDB reads no column of texts of which one is not UTF-8. Such a file is read
// once more from a copy whose footer has nothing about texts: DuckDB reads bytes
// there, and each that is no text costs its row only. A file is copied so where
// DuckDB refuses it, so that others cost nothing.

// notText says whether DuckDB refuses the file for a text that is not UTF-8.
func (s *source) notText(err error) bool {
	var said *duckdb.Error
	return s != nil && s.parquet && s.copied == "" && errors.As(err, &said) &&
		said.Type == duckdb.ErrorTypeInvalidInput && strings.Contains(said.Msg, "is not valid UTF8")
}

// anew begins the load of the same file again, text by text.
func (l *loading) anew(o *Options) *loading {
	l.leaving.Wait()
	if l.bad != nil {
		l.bad.discard()
	}
	return &loading{o: o, st: l.st, dir: l.dir, began: l.began, temps: l.temps, bytewise: true, spooled: l.src.file}
}

// copyAsBytes writes the copy.
func (l *loading) copyAsBytes(ctx context.Context) error {
	from, err := os.Open(l.src.file)
	if err != nil {
		return fmt.Errorf("open %s: %w", l.src.path, err)
	}
	defer from.Close()
	var footer []byte
	if err := guarded(func() (err error) {
		footer, err = footerWithoutTexts(ctx, from)
		return err
	}); err != nil {
		return l.src.parquetFault(err)
	}
	tail := make([]byte, 8)
	if _, err := from.ReadAt(tail, l.src.bytes-int64(len(tail))); err != nil {
		return fmt.Errorf("read %s: %w", l.src.path, err)
	}
	data := l.src.bytes - int64(len(tail)) - int64(binary.LittleEndian.Uint32(tail))
	to, err := l.temp()
	if err != nil {
		return err
	}
	_, err = from.Seek(0, io.SeekStart)
	const step = 64 << 20
	for at := int64(0); at < data && err == nil; at += step {
		if err = ctx.Err(); err == nil {
			l.o.Progress.Report("copying "+l.src.path, at, data)
			// The system copies, or where it can lets both files have the same blocks.
			_, err = io.CopyN(to, from, min(step, data-at))
		}
	}
	if err == nil {
		_, err = to.Write(append(binary.LittleEndian.AppendUint32(footer, uint32(len(footer))), magicParquet...))
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("copy %s, in which some text is not UTF-8: %w", l.src.path, err)
	}
	l.src.copied = to.Name()
	return nil
}

// footerWithoutTexts is the footer of a Parquet file in which columns of texts are
// columns of bytes, but for those within objects and lists.
func footerWithoutTexts(ctx context.Context, f parquet.ReaderAtSeeker) ([]byte, error) {
	reader, err := file.NewParquetReader(f)
	if err != nil {
		return nil, err
	}
	meta := reader.MetaData()
	elements := meta.FileMetaData.Schema
	at := 1 // behind the root
	for i := range meta.Schema.Root().NumFields() {
		if node, ok := meta.Schema.Root().Field(i).(*schema.PrimitiveNode); ok && node.PhysicalType() == parquet.Types.ByteArray {
			switch node.LogicalType().(type) {
			case schema.StringLogicalType, schema.JSONLogicalType, schema.EnumLogicalType:
				elements[at].LogicalType, elements[at].ConvertedType = nil, nil
			}
		}
		for below := int32(1); below > 0; at++ {
			below += elements[at].GetNumChildren() - 1
		}
	}
	return meta.Serialize(ctx)
}

// findTexts notes which columns of the copy are texts in the file, which is table.
func (s *source) findTexts(ctx context.Context, db querier, table string) error {
	columns, err := described(ctx, db, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	bytes, err := described(ctx, db, "SELECT * FROM "+parquetTable(s.copied, false))
	if err != nil {
		return err
	}
	for i, c := range columns {
		switch {
		case bytes[i].kind == "BLOB" && c.kind != "BLOB":
			s.texts = append(s.texts, ident(c.name))
		case bytes[i].kind != c.kind: // it has bytes that are taken for texts
			return fmt.Errorf("some text is not UTF-8, and the column %q is %s", c.name, c.kind)
		}
	}
	if len(s.texts) == 0 {
		return errors.New("some text within a list or an object is not UTF-8")
	}
	return nil
}

// parquetTable is a Parquet file for SQL.
func parquetTable(path string, texts bool) string {
	return fmt.Sprintf("read_parquet(%s, binary_as_string = %t, hive_partitioning = false)", literal(path), texts)
}

// textTable is the copy for SQL, with texts where they can be read. What cannot is
// nothing, or where shown is set what it looks like.
func (s *source) textTable(shown bool) string {
	var texts []string
	for _, x := range s.texts {
		text := "TRY(decode(" + x + "))"
		if shown {
			text = "coalesce(" + text + ", CAST(" + x + " AS VARCHAR))"
		}
		texts = append(texts, text+" AS "+x)
	}
	return "(SELECT * REPLACE (" + strings.Join(texts, ", ") + ") FROM " + parquetTable(s.copied, false) + ")"
}

// wildText is a field or an attribute whose column may have bytes that are no text.
type wildText struct{ Bytes, Problem string }

// rejectWild rejects the staged rows in which a text that is read is not UTF-8.
func (l *loading) rejectWild(ctx context.Context, conn *sql.Conn, first int64) error {
	if l.src.copied == "" {
		return nil
	}
	query := struct {
		Source string
		Texts  []wildText
		Base   int64
	}{parquetTable(l.src.copied, false), l.plan.wildTexts(), first}
	if l.stage.most > 0 {
		query.Source = fmt.Sprintf("(SELECT * FROM %s LIMIT %d)", query.Source, l.stage.most)
	}
	if len(query.Texts) == 0 {
		return nil
	}
	if _, err := run(ctx, conn, "wild.sql", query); err != nil {
		return fmt.Errorf("look for texts of %s that are not UTF-8: %w", l.src.path, err)
	}
	return nil
}

// wildTexts are the columns that are read, in the order of the fields.
func (p *plan) wildTexts() (list []wildText) {
	add := func(column int, name string) {
		for _, x := range p.src.texts {
			if x == p.src.exprs[column] {
				list = append(list, wildText{x, literal(strings.ReplaceAll(name, "|", "/") + "|" + faultUTF8)})
			}
		}
	}
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok {
			continue
		}
		if b.column >= 0 {
			add(b.column, f.Name)
		}
		if b.clock > 0 {
			add(b.clock-1, f.Name+" clock")
		}
	}
	for _, a := range p.attributes {
		add(a.column, p.src.columns[a.column])
	}
	return list
}
