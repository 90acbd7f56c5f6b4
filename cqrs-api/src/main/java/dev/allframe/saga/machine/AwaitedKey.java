package dev.allframe.saga.machine;

/**
 * An event that a saga waits for, or will.
 *
 * @param step the step that waits
 * @param event the stored name of the event, {@code account.opened}
 * @param key its key
 */
public record AwaitedKey(String step, String event, String key) {

    boolean isOf(String name, String text) {
        return event.equals(name) && key.equals(text);
    }
}
