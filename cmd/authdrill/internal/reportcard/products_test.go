package reportcard

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/authdrill/authdrill/cmd/authdrill/internal/commandtest"
	"github.com/authdrill/authdrill/cmd/authdrill/internal/setting"
	"github.com/authdrill/authdrill/scenarios/attack"
)

// productTime bounds the attack on a product: Panel takes a second for each page.
const productTime = 25 * time.Minute

// TestAttackOnProducts attacks the products that people run, two at once, and holds
// their report cards against those that were reviewed by hand.
func TestAttackOnProducts(t *testing.T) {
	if os.Getenv("AUTHDRILL_PRODUCTS") != "1" {
		t.Skip("it takes minutes for each product: AUTHDRILL_PRODUCTS=1, after testdata/clients/install.sh with the same")
	}
	t.Parallel()
	settings, err := filepath.Glob(filepath.Join(commandtest.ClientsFolder, "products", "*", setting.FileName))
	if err != nil || len(settings) == 0 {
		t.Fatal(settings, err)
	}
	turns := make(chan struct{}, 2)
	for _, file := range settings {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(filepath.Join(folder, ".installed")); err != nil {
				commandtest.Missing(t, filepath.Base(folder)+" is not installed: AUTHDRILL_PRODUCTS=1 testdata/clients/install.sh does that")
			}
			turns <- struct{}{}
			defer func() { <-turns }()
			ctx, cancel := context.WithTimeout(t.Context(), productTime)
			defer cancel()
			s, app, err := setting.ReadApp(file, setting.NewFlags())
			if err != nil {
				t.Fatal(err)
			}
			card, err := attack.Run(ctx, attack.Options{App: app, Setup: s, Folder: folder, Env: os.Environ(), Parallel: 2})
			if err != nil {
				t.Fatal(err)
			}
			complete(t, card)
			hold(t, filepath.Join(folder, "card.txt"), cardLines(card))
		})
	}
}
