package storetest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// smallDisk names the folder on which the inner test mounts a small disk.
const smallDisk = "KITH_TEST_SMALL_DISK"

// OnSmallDisk runs a test with the folder of a disk that holds no more than size, such
// as 5m. For that the calling test, which must not be part of another, is run again in a
// process that has a mount table of its own, in which the disk is mounted: the mount
// goes with the process, whatever becomes of it. Where mounting is not permitted, the
// test is skipped.
func OnSmallDisk(t *testing.T, size string, test func(t *testing.T, disk string)) {
	t.Helper()
	if disk := os.Getenv(smallDisk); disk != "" {
		mount(t, disk, size)
		test(t, disk)
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		// Who is not root may mount as the root of a name space of users.
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, os.ErrPermission), bytes.Contains(out, []byte("mounting is not permitted")):
		t.Skip("left out: what happens on a full disk, as mounting a small one is not permitted here")
	case err != nil:
		t.Fatalf("%v:\n%s", err, out)
	}
	t.Logf("%s", out)
}

func mount(t *testing.T, dir, size string) {
	t.Helper()
	err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	if err == nil {
		err = syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size+",mode=700")
	}
	if errors.Is(err, os.ErrPermission) {
		t.Fatal("mounting is not permitted")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// FillDisk writes a file that leaves so many bytes of its disk.
func FillDisk(t *testing.T, path string, left int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for block := make([]byte, 1<<16); len(block) > 0; {
		n, err := f.Write(block)
		if size += int64(n); err != nil {
			block = block[:len(block)/2]
		}
	}
	if err := errors.Join(f.Truncate(max(0, size-int64(left))), f.Close()); err != nil {
		t.Fatal(err)
	}
}
