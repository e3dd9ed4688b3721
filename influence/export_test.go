package influence

// CountTrianglesWithCore is CountTriangles with rows of bits for so many
// vertices, so that small graphs have some without.
var CountTrianglesWithCore = countTriangles
