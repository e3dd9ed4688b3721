package simulate

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestForeignFilesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "calls.csv"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Write(context.Background(), dir, small)
	if err == nil || !strings.Contains(err.Error(), "no simulation wrote it") {
		t.Errorf("got error %v", err)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "calls.csv")); string(text) != "mine" {
		t.Errorf("calls.csv is now %q", text)
	}
}

func TestFolderIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(context.Background(), path, small); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// errFull is what a full disk says.
var errFull = errors.New("no space left on device")

// fullDisk takes so many bytes, over all files, and then fails; with none left it
// also fails to close.
type fullDisk struct {
	io.WriteCloser
	left *int
}

func (d fullDisk) Write(p []byte) (int, error) {
	if *d.left < len(p) {
		n, _ := d.WriteCloser.Write(p[:*d.left])
		*d.left = 0
		return n, errFull
	}
	*d.left -= len(p)
	return d.WriteCloser.Write(p)
}

func (d fullDisk) Close() error {
	err := d.WriteCloser.Close()
	if *d.left == 0 {
		return errFull
	}
	return err
}

// A disk that fills up, wherever that happens, is reported, leaves nothing half
// written, and leaves an earlier simulation as it was.
func TestFullDisk(t *testing.T) {
	dir, report := run(t, small)
	before := hashes(t, dir)
	total := 0
	for _, name := range outputs {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		total += int(info.Size())
	}
	calls := int(report.Files[0].Bytes)
	for _, room := range []int{0, 10, calls / 2, calls, calls + 1000, total - 1, total} {
		d, err := enter(dir)
		if err != nil {
			t.Fatal(err)
		}
		create, left := d.create, room
		d.create = func(path string) (io.WriteCloser, error) {
			w, err := create(path)
			return fullDisk{w, &left}, err
		}
		if _, err := write(context.Background(), d, small); !errors.Is(err, errFull) || !strings.Contains(err.Error(), ".csv") && !strings.Contains(err.Error(), ".json") {
			t.Errorf("room for %d of %d bytes: got error %v", room, total, err)
		}
		if diff := cmp.Diff(before, hashes(t, dir)); diff != "" {
			t.Errorf("room for %d of %d bytes: the folder changed: %s", room, total, diff)
		}
	}
	d, err := enter(dir)
	if err != nil {
		t.Fatal(err)
	}
	d.create = func(path string) (io.WriteCloser, error) {
		if strings.Contains(path, "purchases") {
			return nil, fs.ErrPermission
		}
		return os.Create(path)
	}
	if _, err := write(context.Background(), d, small); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got error %v", err)
	}
	if diff := cmp.Diff(before, hashes(t, dir)); diff != "" {
		t.Errorf("the folder changed: %s", diff)
	}
}

// A run that is interrupted at any stage leaves no file but the empty folders.
func TestInterrupted(t *testing.T) {
	var stages []string
	o := small
	o.Progress = func(stage string, _, _ int64) {
		if !slices.Contains(stages, stage) {
			stages = append(stages, stage)
		}
	}
	run(t, o)
	if len(stages) < 4 {
		t.Errorf("progress has only the stages %v", stages)
	}
	for _, at := range stages {
		ctx, stop := context.WithCancel(context.Background())
		o.Progress = func(stage string, _, _ int64) {
			if stage == at {
				stop()
			}
		}
		dir := filepath.Join(t.TempDir(), "out")
		if _, err := Write(ctx, dir, o); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped at %s: got error %v", at, err)
		}
		if left := hashes(t, dir); len(left) != 0 {
			t.Errorf("stopped at %s: left %v", at, left)
		}
		stop()
		o.Progress = nil
		if _, err := Write(context.Background(), dir, o); err != nil {
			t.Errorf("started again after a stop at %s: %v", at, err)
		}
	}
}
