package dev.allframe.projection;

/**
 * How far reading is, for those who wait.
 *
 * @param looked how many records of the store, or rows of a comparison, were passed
 * @param total how many there are up to the end that was found first
 */
public record Folding(long looked, long total) {

    /** From 0 to 1. */
    public double share() {
        return total == 0 ? 1 : Math.min(1, (double) looked / total);
    }
}
