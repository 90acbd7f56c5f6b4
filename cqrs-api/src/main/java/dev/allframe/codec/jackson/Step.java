package dev.allframe.codec.jackson;

import dev.allframe.codec.CodecException;
import dev.allframe.evolution.MigrationStep;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.failure.Failures;
import java.io.IOException;
import java.util.List;

/**
 * A step from one stored name and version to others.
 *
 * @param what what it does, for people
 * @param code does it
 */
record Step(MigrationStep what, Code code) {

    /** What runs. */
    interface Code {
        List<Result> run(Contents old) throws IOException;
    }

    /**
     * Contents that a step has made.
     *
     * @param as their stored name and version
     * @param contents the contents
     */
    record Result(StoredVersion as, Contents contents) {}

    /**
     * Runs the step.
     *
     * @param stored what was read from the store, for the message
     * @throws CodecException if it fails
     */
    List<Result> run(StoredVersion stored, Contents old) {
        try {
            return code.run(old);
        } catch (IOException | RuntimeException | AssertionError | StackOverflowError failed) {
            throw new CodecException("stored type '" + stored.type() + "' version " + stored.version()
                    + " cannot be brought to today's version: the step " + what + " failed: "
                    + Failures.description(failed), failed);
        }
    }
}
