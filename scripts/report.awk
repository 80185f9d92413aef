# Reads `go test -v` and leaves out what passed: it prints every package's own line, every failure with its output, every
# skipped test with its reason, and a count at the end.

/^=== (RUN|CONT|NAME|PAUSE) / { name = $3; next }

/^ *--- (PASS|FAIL|SKIP): / {
	test = $3
	top = $0 ~ /^---/
	if ($2 == "PASS:") { passed += top; delete said[test]; next }
	if ($2 == "SKIP:") { skipped++; print "SKIPPED " test; printf "%s", said[test] }
	else { failed += top; here += top; print; printf "%s", said[test] }
	delete said[test]
	next
}

# A panic or a timeout: nothing may be hidden from here to the end of the package.
/^(panic:|fatal error:|SIG|WARNING: DATA RACE|testing: )/ && !raw {
	raw = 1
	for (n in said) { printf "(%s)\n%s", n, said[n]; delete said[n] }
}

/^(ok|FAIL|\?)[ \t]/ {
	print
	if ($1 == "FAIL" && !here) failed++ # it did not compile, or never got to a verdict
	raw = here = 0
	name = ""
	delete_all()
	fflush()
	next
}
/^(PASS|FAIL)$/ { next }
/measured: / { print } # what a test has to tell although it passed
raw || name == "" { print; next }
{ said[name] = said[name] $0 "\n" }

function delete_all(  n) { for (n in said) delete said[n] }

END { printf "\n%d passed, %d failed, %d skipped\n", passed, failed, skipped }
