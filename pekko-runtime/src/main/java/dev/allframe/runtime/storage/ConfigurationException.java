package dev.allframe.runtime.storage;

/** AllFrame cannot start as it is configured; the message says in one sentence what to change. */
public final class ConfigurationException extends RuntimeException {

    public ConfigurationException(String message) {
        super(message);
    }

    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
