package dev.allframe.multijvm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;

/** The side of a node in the conversation with its test. */
final class NodeConsole {

    /** Answers a request, on a thread of its own; a failure is the reply too. */
    interface Handler {
        Object answer(String verb, List<String> arguments) throws Exception;
    }

    private NodeConsole() {}

    /**
     * Reads requests until the input ends, which it does when the test has gone. Replies to each when its handler
     * returns.
     */
    static void serve(Handler handler) throws IOException {
        PrintStream replies = System.out;
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            List<String> words = List.of(line.split(" "));
            Thread.ofVirtual().start(() -> {
                String reply = answer(handler, words);
                synchronized (replies) {
                    replies.println(words.getFirst() + " " + reply.replace('\n', ' '));
                    replies.flush();
                }
            });
        }
    }

    private static String answer(Handler handler, List<String> words) {
        try {
            return String.valueOf(handler.answer(words.get(1), words.subList(2, words.size())));
        } catch (Exception failed) {
            return "failed: " + failed;
        }
    }
}
