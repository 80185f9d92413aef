package mapping

import (
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// TableRow is a line of a table: what a value is, and what it becomes.
type TableRow struct{ From, To string }

// TableRows reads a table: a line "from = to" for each row. In a line with a tab the tab parts the two, so that a value may hold
// the sign itself. Empty lines are none.
func TableRows(text string) []TableRow {
	rows, _ := tableRows(text)
	return rows
}

// tableRows tells of each row, too, whether anything parts its two halves.
func tableRows(text string) (rows []TableRow, parted []bool) {
	for l := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		if strings.TrimSpace(l) == "" {
			continue
		}
		by := "="
		if strings.Contains(strings.TrimRight(l, "\n"), "\t") {
			by = "\t"
		}
		from, to, ok := strings.Cut(l, by)
		rows, parted = append(rows, TableRow{strings.TrimSpace(from), strings.TrimSpace(to)}), append(parted, ok)
	}
	return rows, parted
}

// TableText writes rows as [TableRows] reads them, without those that are empty.
func TableText(rows []TableRow) string {
	var out strings.Builder
	for _, r := range rows {
		from, to := oneLine(r.From), oneLine(r.To)
		switch {
		case from == "" && to == "":
		case strings.Contains(from, "=") || from == "":
			out.WriteString(from + "\t" + to + "\n")
		default:
			out.WriteString(from + " = " + to + "\n")
		}
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// oneLine is a cell as a row can hold it: without tabs and line breaks.
func oneLine(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s))
}

// TableFaults says of each row why it cannot be, "" where it can. both is a table that works backwards too, so that each row
// needs both halves.
func TableFaults(rows []TableRow, both bool) []string {
	faults := make([]string, len(rows))
	first := map[string]int{}
	for i, r := range rows {
		above, twice := first[Element(r.From)]
		switch {
		case r.From == "":
			faults[i] = fmt.Sprintf("Nothing says what becomes “%s”. Fill in the left, or take the row out.", r.To)
		case twice:
			faults[i] = fmt.Sprintf("“%s” stands in row %d already, and can become only one value. Take one of the two out.", r.From, above+1)
		case both && r.To == "":
			faults[i] = fmt.Sprintf("Nothing says what “%s” becomes. Fill in the right, or take the row out.", r.From)
		}
		if !twice {
			first[Element(r.From)] = i
		}
	}
	return faults
}

// parseTable reads a table for its step. Where it goes both ways, each row needs both halves, and what several rows have on the
// right comes back as the first of them.
func parseTable(text string, both bool) (there, back map[string]string, err error) {
	rows, parted := tableRows(text)
	if len(rows) == 0 {
		return nil, nil, errors.New("the table is empty")
	}
	there, back = map[string]string{}, map[string]string{}
	for i, r := range rows {
		switch {
		case !parted[i]:
			return nil, nil, fmt.Errorf("row %d of the table is not of the form from = to", i+1)
		case r.From == "":
			return nil, nil, fmt.Errorf("row %d of the table has nothing on the left", i+1)
		case both && r.To == "":
			return nil, nil, fmt.Errorf("row %d of the table has nothing on the right", i+1)
		}
		if _, twice := there[Element(r.From)]; twice {
			return nil, nil, fmt.Errorf("row %d of the table names %q once more", i+1, r.From)
		}
		there[Element(r.From)] = r.To
		if _, taken := back[Element(r.To)]; !taken {
			back[Element(r.To)] = r.From
		}
	}
	return there, back, nil
}

// ReadSheet reads two columns that were copied out of a sheet: parted by tabs, semicolons, equal signs or commas, whichever of these
// most lines have. more counts the lines that have further columns, which are left out.
func ReadSheet(text string) (rows []TableRow, more int) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	by, most := ',', 0
	for _, c := range "\t;=," {
		n := 0
		for l := range strings.Lines(text) {
			if strings.ContainsRune(strings.TrimSpace(l), c) {
				n++
			}
		}
		if n > most {
			by, most = c, n
		}
	}
	read := csv.NewReader(strings.NewReader(text))
	read.Comma, read.FieldsPerRecord, read.LazyQuotes, read.TrimLeadingSpace = by, -1, true, by != '\t'
	for {
		cells, err := read.Read()
		if err != nil {
			return rows, more
		}
		r := TableRow{From: oneLine(cells[0])}
		if len(cells) > 1 {
			r.To = oneLine(cells[1])
		}
		if len(cells) > 2 && strings.TrimSpace(strings.Join(cells[2:], "")) != "" {
			more++
		}
		if r != (TableRow{}) {
			rows = append(rows, r)
		}
	}
}

// Join adds rows to a table. What it says already stays as it is.
func Join(table, rows []TableRow) []TableRow {
	for _, r := range rows {
		if !slices.Contains(table, r) {
			table = append(table, r)
		}
	}
	return table
}
