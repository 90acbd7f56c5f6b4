package dev.allframe.runtime.query;

import dev.allframe.query.Query;

/** A query whose hash was computed once. */
final class QueryKey {

    private final Query<?> query;
    private final int hash;

    QueryKey(Query<?> query) {
        this.query = query;
        this.hash = query.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QueryKey key && hash == key.hash && query.equals(key.query);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
