package templates

// Auth is what stands around a page of somebody who is not signed in.
type Auth struct {
	Title string
	// Systems are the two that the picture beside the form shows, none for no picture.
	Systems []System
	// Theme is "light", "dark", or "" for what the person's system says.
	Theme string
}

// TextField is a field of a form that takes a line of text. It is required unless it is optional.
type TextField struct {
	// Name is that of the value, and the id of the field in the page.
	Name, Label string
	// Type is that of the input element, "text" unless set.
	Type         string
	Value        string
	Autocomplete string
	Hint         string
	// Error says what is wrong with the value and what to do.
	Error string
	// Placeholder shows the shape of a value.
	Placeholder string
	Mono        bool
	// Least is how many characters are asked for.
	Least int
	// Optional says that it may stay empty.
	Optional bool
	// Focus puts the cursor here: into the first field that is wrong, or the first of a fresh page.
	Focus bool
}

// kind is the type of the input element.
func (i TextField) kind() string {
	if i.Type == "" {
		return "text"
	}
	return i.Type
}

// about names what describes the field.
func (i TextField) about() string {
	switch {
	case i.Error != "" && i.Hint != "":
		return i.Name + "-error " + i.Name + "-hint"
	case i.Error != "":
		return i.Name + "-error"
	case i.Hint != "":
		return i.Name + "-hint"
	}
	return ""
}

// SignInForm is the page on which a person signs in.
type SignInForm struct {
	Auth
	Email string
	// Error says why it did not work. Wait says that nothing was tried, because it has to wait.
	Error string
	Wait  bool
	Keep  bool
	// Next is where the person wanted to go.
	Next string
}

// passwordError is what stands beside the password.
func (f SignInForm) passwordError() string {
	if f.Wait {
		return ""
	}
	return f.Error
}
