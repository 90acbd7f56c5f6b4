package dev.allframe.multijvm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One JVM of a cluster. Requests are lines on its standard input, replies are lines on its standard output, each behind
 * the number of its request; its standard error is its log. Thread-safe.
 */
final class Node implements AutoCloseable {

    private static final List<String> SMALL_AND_FAST = List.of("-Xmx256m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "-XX:+IgnoreUnrecognizedVMOptions", "--sun-misc-unsafe-memory-access=allow");

    private final String name;
    private final Process process;
    private final PrintStream requests;
    private final AtomicLong asked = new AtomicLong();
    private final Map<Long, CompletableFuture<String>> unanswered = new ConcurrentHashMap<>();

    private Node(String name, Process process) {
        this.name = name;
        this.process = process;
        this.requests = new PrintStream(process.getOutputStream(), true, UTF_8);
        Thread.ofVirtual().name(name).start(this::readReplies);
    }

    /** Starts a JVM on the test's own class path. */
    static Node start(String name, Class<?> main, Map<String, String> properties, Map<String, String> environment,
            Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL_AND_FAST);
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        try {
            return new Node(name, builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void readReplies() {
        try (BufferedReader replies = process.inputReader(UTF_8)) {
            for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                int end = line.indexOf(' ');
                CompletableFuture<String> asked = unanswered.remove(Long.parseLong(line.substring(0, end)));
                if (asked != null) {
                    asked.complete(line.substring(end + 1));
                }
            }
        } catch (IOException | RuntimeException broken) {
            fail(broken);
        }
        fail(new IllegalStateException(name + " has ended"));
    }

    private void fail(Exception reason) {
        unanswered.values().forEach(asked -> asked.completeExceptionally(reason));
        unanswered.clear();
    }

    /** Sends a request; the reply fails when the process ends before it. */
    CompletableFuture<String> ask(String request) {
        long number = asked.incrementAndGet();
        CompletableFuture<String> reply = new CompletableFuture<>();
        unanswered.put(number, reply);
        requests.println(number + " " + request);
        if (!process.isAlive()) {
            reply.completeExceptionally(new IllegalStateException(name + " has ended"));
        }
        return reply;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGSTOP: all of its threads stand still, and its connections stay open. */
    void pause() {
        signal("-STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + signal + " " + name + " ended with " + code);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException(name + " does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
