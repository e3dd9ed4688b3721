//go:build !amd64

package factor

func dots(out, y []float32, at []uint32, p []float32)    { plainDots(out, y, at, p) }
func combine(acc, y []float32, at []uint32, a []float32) { plainCombine(acc, y, at, a) }
