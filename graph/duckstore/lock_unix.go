//go:build darwin || linux

package duckstore

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"kith/graph"
)

// folderLock is an advisory lock on kith.lock. The writer's process id stands in
// the file, for the sentence that another process prints; the lock itself is
// the operating system's and falls with the process, however it ends.
type folderLock struct {
	file   *os.File // nil where the folder has no lock file and takes none
	writer bool
}

// lockFolder takes the lock, alone for a writer and shared for readers, and
// does not wait for it.
func lockFolder(dir string, readOnly bool) (*folderLock, error) {
	path := dir + string(os.PathSeparator) + lockName
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil && readOnly {
		f, err = os.Open(path)
		if err != nil && (errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission)) {
			// Nobody can write to this folder, or at least not we:
			// DuckDB's own lock has to do.
			return &folderLock{}, nil
		}
	}
	if err != nil {
		if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) {
			return nil, fmt.Errorf("open data folder %s: you may not write there: change its permissions or choose another folder (%w)", dir, err)
		}
		return nil, fmt.Errorf("open data folder %s: %w", dir, err)
	}
	how := syscall.LOCK_EX
	if readOnly {
		how = syscall.LOCK_SH
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		err := fmt.Errorf("open data folder %s: %w%s", dir, graph.ErrLocked, holder(f))
		return nil, errors.Join(err, f.Close())
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.EINVAL):
		// A file system without such locks; DuckDB's own has to do.
	case err != nil:
		return nil, errors.Join(fmt.Errorf("open data folder %s: lock it: %w", dir, err), f.Close())
	}
	l := &folderLock{file: f, writer: !readOnly}
	if l.writer {
		// Failing to write it costs a nicer sentence, no more.
		if f.Truncate(0) == nil {
			_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
		}
	}
	return l, nil
}

// holder says who has the lock, as far as it is known, and what to do.
func holder(f *os.File) string {
	text, _ := io.ReadAll(io.LimitReader(f, 32))
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	switch {
	case err != nil || pid <= 0:
		return ": wait until those that read it have finished, or stop them"
	case pid == os.Getpid():
		return ": this very process has it open already; close it first"
	case errors.Is(syscall.Kill(pid, 0), syscall.ESRCH):
		// It runs under other numbers, as in a container.
		return ": stop it, or wait until it has finished"
	}
	return fmt.Sprintf(": stop process %d, or wait until it has finished", pid)
}

func (l *folderLock) release() error {
	if l == nil || l.file == nil {
		return nil
	}
	if l.writer {
		_ = l.file.Truncate(0)
	}
	// To close the file would leave the lock with a process that is being started at
	// this moment, which has our files until it runs a program of its own.
	_ = syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN)
	err := l.file.Close()
	l.file = nil
	return err
}
