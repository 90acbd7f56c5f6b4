package dev.allframe.saga.machine;

/** Whether a step is done or undone. */
public enum Direction {

    /** Towards completion. */
    DO("do"),

    /** Back. */
    UNDO("undo");

    private final String text;

    Direction(String text) {
        this.text = text;
    }

    /** Part of the ids of commands. */
    public String text() {
        return text;
    }
}
