package dev.allframe.codec.jackson;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.allframe.failure.Failures;

/** Jackson's failures in words, without the piece of the contents that Jackson quotes. */
final class JsonFailures {

    private JsonFailures() {}

    /** Jackson's message; where code of the user's classes threw, that failure, for Jackson shows its message alone. */
    static String message(Throwable failure) {
        Throwable root = Failures.chain(failure).getLast();
        if (!(root instanceof JsonProcessingException json)) {
            return Failures.description(root);
        }
        String original = json.getOriginalMessage();
        return original == null ? Failures.message(json) : original;
    }
}
