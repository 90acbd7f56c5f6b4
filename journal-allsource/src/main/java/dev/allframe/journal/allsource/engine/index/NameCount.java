package dev.allframe.journal.allsource.engine.index;

/**
 * How many rows of a segment have a name.
 *
 * @param kind what the name is
 * @param name the name
 * @param rows how many, 1 or more
 */
public record NameCount(NameKind kind, String name, long rows) {

    public NameCount {
        if (rows < 1) {
            throw new IllegalArgumentException(kind + " " + name + " rows=" + rows + ": a name is counted where it is");
        }
    }
}
