package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"couplet/internal/automation"
	"couplet/internal/flow"
	"couplet/internal/store"
	"couplet/templates"
)

// largestTemplate is more than any template holds, and mostTemplates more than anybody keeps.
const (
	largestTemplate = 256 << 10
	mostTemplates   = 200
)

// keeping is a flow or an automation on its way to a template: the page, and what would be kept.
type keeping struct {
	page templates.SaveTemplate
	t    store.OwnTemplate
}

// keep reads what somebody typed, and makes of it and of a flow or automation, as it is edited, what would be kept.
func (s *Server) keep(c echo.Context, of func(context.Context, echo.Context, *keeping) error) (*keeping, error) {
	k := &keeping{page: templates.SaveTemplate{Frame: frame(c, "Save as a template", "flows"), Name: strings.TrimSpace(c.FormValue("name")), Says: strings.Join(strings.Fields(c.FormValue("says")), " ")}}
	if err := of(c.Request().Context(), c, k); err != nil {
		return nil, err
	}
	k.t.By, k.t.Name, k.t.Says = visitorOf(c).User.ID, k.page.Name, k.page.Says
	k.page.File = k.t.Body
	return k, nil
}

func (s *Server) templateOfAutomation(ctx context.Context, c echo.Context, k *keeping) error {
	id, p := c.Param("id"), &k.page
	d, err := s.o.Store.Automation(ctx, ws(c), id)
	if err != nil {
		return err
	}
	systems := s.automationSystems()
	p.Of, p.Back, p.Here = d.Draft.Name, "/automations/"+id, "/automations/"+id+"/template"
	if c.Request().Method == http.MethodGet {
		p.Name = d.Draft.Name
		if from, err := s.automationTemplate(ctx, ws(c), d.Draft.Template); err == nil {
			p.Says = from.Description
		}
	}
	shared, left := automation.Share(d.Draft, systems)
	shared.Name, p.Left = p.Name, left
	data, err := automation.WriteTemplate(p.Says, shared)
	if err != nil {
		return err
	}
	k.t.Kind, k.t.Body = store.OfAutomation, string(data)
	if _, err := automation.ReadTemplate("file", data, systems); err != nil {
		p.Problem = "It cannot be a template as it is: " + sentence(faultsOf(err)[0].Text) + " Mend it on its page first."
	}
	return nil
}

func (s *Server) templateOfFlow(ctx context.Context, c echo.Context, k *keeping) error {
	id, p := c.Param("id"), &k.page
	d, err := s.o.Store.DraftState(ctx, ws(c), id)
	if err != nil {
		return err
	}
	f := d.Flow
	p.Of, p.Back, p.Here = f.Name, "/flows/"+id+"/map", "/flows/"+id+"/template"
	base, err := flow.TemplateNamed(f.Template)
	if err != nil {
		p.Problem = "It cannot be a template: this version of Couplet does not know the one that it began as."
		return nil
	}
	if c.Request().Method == http.MethodGet {
		p.Name, p.Says = f.Name, base.Description
	}
	if f.Scope.Only == flow.ScopeThese {
		p.Left = append(p.Left, "Which records it is about. The template is about what is new or changes.")
	}
	ground := s.groundOf(ctx, ws(c), f)
	for side, system := range base.Systems {
		if ground.Problem[side] != nil {
			p.Left = append(p.Left, "What the custom fields of "+s.specNamed(system).Name+" are called: they could not be read. Come back when it answers, or they are not found elsewhere.")
		}
	}
	data, err := f.Share(p.Name, p.Says, ground.Fields)
	if err != nil {
		p.Problem = "It cannot be a template as it is: " + sentence(faultsOf(err)[0].Text) + " Mend it on its map first."
	}
	k.t.Kind, k.t.Body = store.OfFlow, string(data)
	return nil
}

// savesTemplatePage shows what would be kept of a flow or an automation.
func (s *Server) savesTemplatePage(of func(context.Context, echo.Context, *keeping) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		k, err := s.keep(c, of)
		if err != nil {
			return err
		}
		return page(c, http.StatusOK, templates.SaveTemplatePage(k.page))
	}
}

// savesTemplate keeps it.
func (s *Server) savesTemplate(of func(context.Context, echo.Context, *keeping) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		k, err := s.keep(c, of)
		if err != nil {
			return err
		}
		if why := flow.BadName(k.page.Name); why != "" {
			k.page.Problem = "The name " + why + "."
		}
		if k.page.Problem == "" {
			if k.page.Problem, err = s.keepTemplate(c, &k.t); err != nil {
				return err
			}
		}
		if k.page.Problem != "" {
			return page(c, http.StatusUnprocessableEntity, templates.SaveTemplatePage(k.page))
		}
		return s.sayAndGo(c, "“"+k.t.Name+"” is a template now. It stands under Your templates.", false, "/flows#yours")
	}
}

// keepTemplate stores a template, and says in words why it cannot be.
func (s *Server) keepTemplate(c echo.Context, t *store.OwnTemplate) (problem string, err error) {
	ctx := c.Request().Context()
	all, err := s.o.Store.OwnTemplates(ctx, ws(c))
	if err != nil {
		return "", err
	}
	if len(all) >= mostTemplates {
		return "There are " + templates.Number(len(all)) + " templates of your own already. Delete one that nobody uses.", nil
	}
	*t, err = s.o.Store.AddOwnTemplate(ctx, ws(c), *t)
	if errors.Is(err, store.ErrExists) {
		return "There is a template called “" + t.Name + "” already. Give this one another name, or delete that one first.", nil
	}
	return "", err
}

// openTemplatePage asks for a file.
func (s *Server) openTemplatePage(c echo.Context) error {
	return page(c, http.StatusOK, templates.OpenTemplatePage(templates.OpenTemplate{Frame: frame(c, "Open a template", "flows")}))
}

// openTemplate reads a file that was chosen or pasted and keeps it as a template.
func (s *Server) openTemplate(c echo.Context) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 4*largestTemplate)
	p := templates.OpenTemplate{Frame: frame(c, "Open a template", "flows")}
	refuse := func(problems ...templates.FileProblem) error {
		p.Problems = problems
		return page(c, http.StatusUnprocessableEntity, templates.OpenTemplatePage(p))
	}
	large := templates.FileProblem{Text: "It is larger than any template. Choose the file that the card of a template downloads."}
	data, err := chosenFile(c)
	switch {
	case err != nil, len(data) > largestTemplate:
		return refuse(large)
	case strings.TrimSpace(string(data)) == "":
		return refuse(templates.FileProblem{Text: "Nothing was chosen and nothing pasted. Choose a file, or paste what is in it."})
	}
	p.Text = string(data)
	t, err := s.readOwn(data)
	if err != nil {
		return refuse(faultsOf(err)...)
	}
	t.By = visitorOf(c).User.ID
	problem, err := s.keepTemplate(c, &t)
	if err != nil {
		return err
	}
	if problem != "" {
		return refuse(templates.FileProblem{Text: problem})
	}
	return s.sayAndGo(c, "“"+t.Name+"” is kept. It stands under Your templates.", false, "/flows#yours")
}

// chosenFile is the file that was sent, or the text in its place.
func chosenFile(c echo.Context) ([]byte, error) {
	header, err := c.FormFile("file")
	if err == nil && header.Size > 0 {
		f, err := header.Open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, largestTemplate+1))
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, err
	}
	return []byte(strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n")), nil
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// templateFile hands a template out.
func (s *Server) templateFile(c echo.Context) error {
	t, err := s.o.Store.OwnTemplate(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	name := strings.Trim(notInName.ReplaceAllString(strings.ToLower(t.Name), "-"), "-")
	if name == "" {
		name = "template"
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`.yaml"`)
	return c.Blob(http.StatusOK, "application/yaml; charset=utf-8", []byte(t.Body))
}

// deleteTemplate forgets a template.
func (s *Server) deleteTemplate(c echo.Context) error {
	t, err := s.o.Store.DeleteOwnTemplate(c.Request().Context(), ws(c), c.Param("id"))
	if err != nil {
		return err
	}
	return s.sayAndGo(c, "The template “"+t.Name+"” is deleted. What was made of it stays as it is.", false, "/flows#yours")
}
