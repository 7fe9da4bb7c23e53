package grade

import (
	"encoding/json"
	"fmt"

	"github.com/authdrill/authdrill/mockprovider/confined"
	"github.com/authdrill/authdrill/scenarios/attack"
)

// cardSize is how many bytes are read of a card.
const cardSize = 64 << 20

// Schema is the first member of a card in JSON.
const Schema = "authdrill.card.v1"

// Read reads a report card that was written by --report json=FILE.
func Read(file string) (*attack.Card, error) {
	data, err := confined.ReadFile(file, cardSize)
	if err != nil {
		return nil, err
	}
	var card struct {
		Schema string `json:"schema"`
		attack.Card
	}
	if err := json.Unmarshal(data, &card); err != nil {
		return nil, fmt.Errorf("%s is not a report card in JSON: %w", file, err)
	}
	if card.Schema != Schema {
		return nil, fmt.Errorf("%s is not a report card: schema is %.40q, want %q", file, card.Schema, Schema)
	}
	return &card.Card, nil
}
