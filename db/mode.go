package db

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// CheckModes refuses a data folder that others may enter, or in which others may read a file: database, its log, key,
// backups. A folder that is not there yet is fine.
func CheckModes(dir string) error {
	if err := checkMode(dir, true); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("The data folder %s cannot be read. It must belong to the user that runs couplet.", dir), Err: err}
	}
	var errs []error
	for _, e := range entries {
		if e.Type().IsRegular() {
			errs = append(errs, checkMode(filepath.Join(dir, e.Name()), false))
		}
	}
	return errors.Join(errs...)
}

// checkMode refuses a file or folder that is open to others. One that is not there is fine.
func checkMode(path string, folder bool) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("%s cannot be looked at. It must belong to the user that runs couplet.", path), Err: err}
	}
	what, right := "file", "600"
	if folder {
		what, right = "folder", "700"
	}
	if info.IsDir() != folder {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("%s should be a %s and is not.", path, what)}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return &Error{Kind: Unusable, Sentence: fmt.Sprintf("The %s %s has mode %04o, so other users of this machine can read what is in it. Run: chmod %s %s", what, path, mode, right, path)}
	}
	return nil
}
