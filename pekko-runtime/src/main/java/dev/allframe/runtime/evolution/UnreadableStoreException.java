package dev.allframe.runtime.evolution;

import java.util.List;

/**
 * The storage has events that this code cannot read, or would store others than it may. Nothing was changed, and no
 * aggregate is hosted.
 */
public final class UnreadableStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public UnreadableStoreException(List<String> problems) {
        super("this code does not fit what is stored:\n" + String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem, in a sentence with what to do. */
    public List<String> problems() {
        return problems;
    }
}
