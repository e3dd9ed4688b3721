// Package community finds the groups of a social network: it takes an
// undirected graph.Graph and gives back, for every vertex, the number of its
// community, at one or several nested levels.
//
// Leiden is the default, Louvain and LabelPropagation stand beside it, Nested
// splits what is too large for a person to look at, Memberships lets a vertex
// belong to several communities, Modularity, CPM, Codelength, Coverage and
// Conductance say how good a partition is, NMI, ARI and Match compare two, and Omega
// two that overlap. Update finds the communities of a graph that has changed a
// little, looking only at what the change touches.
//
// Everything here is a pure function: the same graph, options and seed give the
// same bytes whatever the number of threads. A run of Leiden takes no more than
// 24 bytes an arc at its peak, the graph included, where vertices have ten arcs
// or more.
//
// # Caveats
//
// The graphs must be undirected: graph.Symmetric makes one of calls. Maximising
// modularity is NP-hard, so other seeds give other, about equally good
// partitions; compare two runs by NMI, not by community numbers. Modularity
// merges groups that are small beside the whole graph (its resolution limit);
// Nested exists for that, and the map equation, which in turn finds nothing where
// most ties leave their groups.
package community
