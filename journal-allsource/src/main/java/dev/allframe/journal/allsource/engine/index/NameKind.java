package dev.allframe.journal.allsource.engine.index;

/** What a name is, by which rows are looked for. The codes are on disk. */
public enum NameKind {
    /** A tag of a record. */
    TAG(1),
    /** The stored name of an event. */
    EVENT_TYPE(2),
    /** What a stream's id begins with. */
    ENTITY_TYPE(3);

    private final int code;

    NameKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /**
     * The kind of a code.
     *
     * @throws IllegalArgumentException if there is none
     */
    static NameKind of(int code) {
        for (NameKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of name has the code " + code);
    }
}
