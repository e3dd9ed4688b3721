package loaders

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestForbidden looks at files in a thread that may read nothing of the user's,
// not even where the user is root. The thread ends with the test.
func TestForbidden(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "calls.csv")
	closed := filepath.Join(dir, "closed")
	if err := os.WriteFile(path, []byte("caller,callee\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		for _, p := range []string{path, closed} {
			if err := os.Chmod(p, 0); err != nil {
				t.Fatal(err)
			}
		}
		defer func() { _ = os.Chmod(closed, 0o700) }()
	}
	var asked, walked error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			const nobody = 65534
			if _, _, e := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); e != 0 {
				t.Error(e)
				return
			}
		}
		_, asked = examine(path, path)
		var files []string
		var left []Left
		walked = walk(closed, &files, &left)
	}()
	<-done
	if asked == nil || !strings.HasSuffix(asked.Error(), "calls.csv: you may not read it; change its permissions") {
		t.Errorf("a file: %v", asked)
	}
	if walked == nil || !strings.Contains(walked.Error(), "closed: you may not read the folder; change its permissions") {
		t.Errorf("a folder: %v", walked)
	}
}
