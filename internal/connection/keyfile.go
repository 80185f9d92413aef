package connection

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KeyFile returns the key in a file, and makes the file when there is none, which made reports: the caller then warns
// that this file must be kept, and kept apart from backups (cli.md, "Settings"). A file that others may read is
// refused.
func KeyFile(path string) (key string, made bool, err error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if made, err = writeKeyFile(path); err != nil {
			return "", false, err
		}
		if info, err = os.Lstat(path); err != nil {
			return "", false, fmt.Errorf("the key file %s was made and is gone again; look who removes it: %w", path, err)
		}
	case err != nil:
		return "", false, fmt.Errorf("the key file %s cannot be read; check the rights of its folder: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return "", false, fmt.Errorf("the key file %s is no plain file; put the key itself there", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", false, fmt.Errorf("the key file %s has mode %04o and others could read it; run: chmod 600 %s", path, mode, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", false, fmt.Errorf("the key file %s cannot be read; it must belong to the user that runs couplet: %w", path, err)
	}
	key = strings.TrimSpace(string(data))
	if _, err := decodeKey(key); err != nil {
		return "", false, fmt.Errorf("the key file %s holds no usable key; put the original file back, because without it stored secrets are lost", path)
	}
	return key, made, nil
}

// writeKeyFile makes the file complete or not at all, and never over one that is there: two programs that start at
// once end with the same key.
func writeKeyFile(path string) (made bool, err error) {
	key, err := NewKey()
	if err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return false, fmt.Errorf("the key file %s cannot be made; check that its folder exists and may be written: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(key + "\n")
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("the key file %s cannot be written; check that its folder may be written and the disk is not full: %w", path, err)
	}
	return true, nil
}
