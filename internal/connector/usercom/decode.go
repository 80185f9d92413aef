package usercom

import "github.com/tidwall/gjson"

// boring are standard keys that nothing here reads (6.1). They are a third of every row, and rows come by the million.
var boring = map[string]bool{
	"user_key": true, "key": true, "notifications": true, "web_push_subscription": true, "facebook_url": true, "linkedin_url": true,
	"twitter_url": true, "google_url": true, "gravatar_url": true, "lists": true, "first_seen": true, "last_seen": true,
	"last_contacted": true, "page_views": true, "last_ip": true, "browser": true, "browser_language": true, "os_type": true,
	"resolution": true, "most_active_time": true, "chat_id": true,
}

// UnmarshalJSON reads what may be needed of a contact.
func (p *person) UnmarshalJSON(data []byte) error {
	out := make(person, 24)
	gjson.ParseBytes(data).ForEach(func(key, value gjson.Result) bool {
		if !boring[key.Str] {
			out[key.Str] = value.Value()
		}
		return true
	})
	*p = out
	return nil
}
