package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"kith/api"
	"kith/graph/neo4jstore"
	"kith/loaders"
)

// saltIn reads the secret, which never stands on a command line, where others may see
// it: from a file, or from the environment.
func saltIn(file string) (loaders.Salt, error) {
	secret := os.Getenv("KITH_SALT")
	switch {
	case file != "" && secret != "":
		return loaders.Salt{}, fmt.Errorf("%w: there are two salts, one in KITH_SALT and one in the file %s; leave one", errUsage, file)
	case file != "":
		return loaders.ReadSalt(file)
	case secret != "":
		s, err := loaders.NewSalt(secret)
		if err != nil {
			return s, fmt.Errorf("KITH_SALT: %w", err)
		}
		return s, nil
	}
	return loaders.Salt{}, nil
}

// storedNames are the ids of a person as the house has them: where it hashes ids, the
// hashes of plain ones, too. Without the salt it refuses plain ids of which nothing is
// there, so that nobody is told that somebody is gone who stays under a hash. note is
// what is left to do then.
func (h *house) storedNames(ctx context.Context, ids []string, salt loaders.Salt) (names []string, note string, err error) {
	hashed, err := loaders.HashedIn(ctx, h.events, salt)
	if err != nil || hashed == nil {
		return ids, "", err
	}
	for _, id := range ids {
		names = append(names, id)
		if loaders.IsHash(id) {
			continue
		}
		as := []string{id}
		hash, salted := hashed.Of(id)
		if salted {
			names, as = append(names, hash), append(as, hash)
		}
		there, err := h.hasAny(ctx, as)
		switch {
		case err != nil:
			return nil, "", err
		case !there && !salted:
			return nil, "", api.NameError{Reason: fmt.Sprintf("ids are hashed here, and nothing stands under %q itself: give the person's hashed id, or the salt by which to find it, with --salt-file FILE (of kith forget, or of kith serve --hash-ids)", id)}
		case !there && len(hashed.Steps) > 0:
			return nil, "", api.NameError{Reason: fmt.Sprintf("nothing stands under %q or its hash, and ids were changed here before they were hashed (%s): give it as it was then", id, strings.Join(hashed.Steps, "; or "))}
		case !salted:
			note = "What is stored under hashed ids stays, as the person was named by a plain one: name the person by the hashed id, too, or give the salt with --salt-file."
		}
	}
	return names, note, nil
}

// hasAny says whether somebody is known by one of the ids, or was and asked to be
// forgotten: the same command ends a removal that broke off.
func (h *house) hasAny(ctx context.Context, ids []string) (bool, error) {
	marked, err := h.events.Forgotten(ctx)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if marked != nil && marked(id) {
			return true, nil
		}
	}
	found, _, err := h.events.Search(ctx, ids)
	if err != nil {
		return false, err
	}
	for _, f := range found {
		if !f.Other {
			return true, nil
		}
	}
	server, ok := h.store.(*neo4jstore.Store)
	if !ok {
		return false, nil
	}
	n, err := server.CountCustomers(ctx, ids)
	return n > 0, err
}
