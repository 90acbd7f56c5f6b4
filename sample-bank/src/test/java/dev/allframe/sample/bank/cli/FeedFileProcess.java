package dev.allframe.sample.bank.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Writes long lines into the feed that it is given, until it is killed; says when the first ones are there. */
final class FeedFileProcess {

    static final String LINE = "{\"key\":\"account|1#1\",\"filled\":\"" + "x".repeat(8 << 20) + "\"}\n";

    private FeedFileProcess() {}

    public static void main(String[] arguments) throws IOException {
        try (FeedFile file = new FeedFile(Path.of(arguments[0]))) {
            file.check();
            file.open();
            for (int i = 0; i < 100; i++) {
                file.write(LINE);
                if (i == 1) {
                    System.out.println("two");
                }
            }
        }
    }
}
