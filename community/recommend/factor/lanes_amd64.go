package factor

import "golang.org/x/sys/cpu"

//go:noescape
func dotsAVX2(out, y *float32, at *uint32, n, stride int, p *float32)

//go:noescape
func combineAVX2(acc, y *float32, at *uint32, n, stride int, a *float32)

// dots sets out[j] to the product of row at[j] of y with p; see plainDots.
func dots(out, y []float32, at []uint32, p []float32) {
	if len(at) == 0 {
		return
	}
	if !cpu.X86.HasAVX2 {
		plainDots(out, y, at, p)
		return
	}
	_ = out[len(at)-1]
	dotsAVX2(&out[0], &y[0], &at[0], len(at), len(p), &p[0])
}

// combine adds a[j] times row at[j] of y to acc, for all j; see plainCombine.
func combine(acc, y []float32, at []uint32, a []float32) {
	if len(at) == 0 {
		return
	}
	if !cpu.X86.HasAVX2 {
		plainCombine(acc, y, at, a)
		return
	}
	_ = a[len(at)-1]
	combineAVX2(&acc[0], &y[0], &at[0], len(at), len(acc), &a[0])
}
