package command

import (
	"context"

	"couplet/internal/connection"
	"couplet/internal/flow"
)

// Export writes the flow file of what exists, without secrets: of some flows and their connections, or of everything.
func (d Desk) Export(ctx context.Context, only ...string) ([]byte, error) {
	conns, err := d.Store.Connections(ctx, d.Workspace)
	if err != nil {
		return nil, err
	}
	flows, err := d.Store.Flows(ctx, d.Workspace)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, n := range only {
		if _, err := d.Flow(ctx, n); err != nil {
			return nil, err
		}
		wanted[n] = true
	}
	file := flow.File{Version: 1}
	names, used := map[string]string{}, map[string]bool{}
	for _, x := range conns {
		names[x.ID] = x.Name
	}
	for _, f := range flows {
		if len(wanted) > 0 && !wanted[f.Name] {
			continue
		}
		file.Flows = append(file.Flows, f.Spec([2]string{names[f.Connections[0]], names[f.Connections[1]]}))
		used[f.Connections[0]], used[f.Connections[1]] = true, true
	}
	for _, x := range conns {
		if len(wanted) > 0 && !used[x.ID] {
			continue
		}
		auth := flow.Auth{Kind: x.AuthKind}
		if x.AuthKind == connection.KindClient {
			key, err := d.Connect.ClientOf(ctx, x)
			if err != nil {
				return nil, err
			}
			auth.ClientID, auth.TokenURL, auth.Scopes = key.ID, key.TokenURL, key.Scopes
		}
		file.Connections = append(file.Connections, flow.Connection{Name: x.Name, System: x.System, Auth: auth,
			Account: x.Params, BaseURL: x.BaseURL, Limits: flow.Limits{PerSecond: x.PerSecond}, Settings: x.Settings})
	}
	return flow.Export(file)
}
