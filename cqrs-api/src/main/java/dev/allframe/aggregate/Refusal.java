package dev.allframe.aggregate;

import java.util.Map;
import java.util.Objects;

/**
 * Why a business rule said no: a value, never an exception.
 *
 * @param code a stable name that callers switch on: {@code insufficient-funds}
 * @param message a sentence for people; empty when the code says it all
 * @param details facts that belong to the refusal, as text, so that they are the same on every node and in every log
 */
public record Refusal(String code, String message, Map<String, String> details) {

    public Refusal {
        if (code.isBlank()) {
            throw new IllegalArgumentException("a refusal needs a code");
        }
        Objects.requireNonNull(message, "message");
        details = Map.copyOf(details);
        Texts.storable("the code of a refusal", code);
        Texts.storable("the message of a refusal", message);
        details.forEach((name, value) -> {
            Texts.storable("the name of a detail", name);
            Texts.storable("a detail", value);
        });
    }
}
