package web

import "strings"

// browsers and machines are looked for in what a browser says about itself, the first that fits. Browsers name those they
// descend from, so the youngest come first.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"HeadlessChrome/", "Chrome without a window"}, {"Chromium/", "Chromium"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	machines = [][2]string{{"iPhone", "an iPhone"}, {"iPad", "an iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Mac OS X", "a Mac"}, {"Linux", "Linux"}}
)

// device says in words which browser somebody uses. It is kept in place of what the browser says, which is as good as a
// fingerprint.
func device(agent string) string {
	find := func(list [][2]string, otherwise string) string {
		for _, x := range list {
			if strings.Contains(agent, x[0]) {
				return x[1]
			}
		}
		return otherwise
	}
	browser, machine := find(browsers, ""), find(machines, "")
	switch {
	case browser == "" && machine == "":
		return "A program"
	case browser == "":
		return "A browser on " + machine
	case machine == "":
		return browser
	}
	return browser + " on " + machine
}
