package protocol

// KeyPlan is what a rotation of the signing keys does to the old ones (OIDC Core
// section 10.1.1).
type KeyPlan string

// The plans of a rotation.
const (
	KeysOverlap     KeyPlan = "overlap"      // the old key stays published: tokens it signed still verify
	KeysImmediately KeyPlan = "immediately"  // the old key disappears at once, as after a leak
	KeysPublishLate KeyPlan = "publish_late" // the new key signs, but is published only by the next rotation
)

func keyPlanNames(string) []string {
	return Strings([]KeyPlan{KeysOverlap, KeysImmediately, KeysPublishLate})
}
