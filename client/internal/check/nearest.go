package check

// Nearest returns the name in the list that was most likely meant, "" if none is
// near: the distance counts letters that are wrong, missing, too many or swapped.
func Nearest[T ~string](s string, list []T) T {
	var best T
	least := len(s)/3 + 1
	for _, name := range list {
		if d := distance(s, string(name)); d <= least && name != "" {
			best, least = name, d-1
		}
	}
	return best
}

func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		above2, above, row := rows[0], rows[1], rows[2]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], above2[j-2]+1)
			}
		}
		rows = [3][]int{above, row, above2}
	}
	return rows[1][len(b)]
}
