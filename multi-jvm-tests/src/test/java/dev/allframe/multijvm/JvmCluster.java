package dev.allframe.multijvm;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A cluster of JVMs on this machine, numbered from 0. Node 0 has the lowest address, so that it is on the side that
 * stays when two halves of a cluster lose each other. The logs stay in {@code target/multi-jvm/<name>}.
 *
 * <p>Each node gets {@code HOST}, {@code PORT} and the addresses {@code SEED_A}, {@code SEED_B} and so on in its
 * environment. It must answer the request {@code members} with the number of members that it sees up, those that it
 * cannot reach left out.
 */
final class JvmCluster implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String name;
    private final Class<?> main;
    private final Path folder;
    private final List<Integer> ports;
    private final Map<String, String> properties;
    private final Map<String, String> environment;
    private final List<Node> nodes = new ArrayList<>();

    private JvmCluster(String name, int size, Class<?> main, Map<String, String> properties,
            Map<String, String> environment) {
        this.name = name;
        this.main = main;
        this.folder = Path.of("target", "multi-jvm", name).toAbsolutePath();
        this.ports = freePorts(size);
        this.properties = properties;
        this.environment = environment;
    }

    /**
     * Starts a cluster, all nodes at once.
     *
     * @param name of the actor system, and of the folder with the logs
     * @param main the program of a node
     * @param properties system properties of each
     * @param environment variables of each, beside its address and those of the seed nodes
     */
    static JvmCluster aCluster(String name, int size, Class<?> main, Map<String, String> properties,
            Map<String, String> environment) {
        JvmCluster cluster = new JvmCluster(name, size, main, properties, environment);
        try {
            Files.createDirectories(cluster.folder);
            for (int number = 0; number < size; number++) {
                cluster.nodes.add(cluster.start(number));
            }
            return cluster;
        } catch (IOException failed) {
            cluster.close();
            throw new UncheckedIOException(failed);
        }
    }

    /** Ports that were free a moment ago, the lowest first. */
    private static List<Integer> freePorts(int count) {
        List<Integer> ports = new ArrayList<>();
        try {
            addFreePorts(count, ports);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return ports.stream().sorted().toList();
    }

    /** Holds each port until all are found, so that none is found twice. */
    private static void addFreePorts(int count, List<Integer> ports) throws IOException {
        if (count > 0) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
                addFreePorts(count - 1, ports);
            }
        }
    }

    private Node start(int number) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("HOST", "127.0.0.1");
        own.put("PORT", Integer.toString(ports.get(number)));
        for (int seed = 0; seed < ports.size(); seed++) {
            own.put("SEED_" + (char) ('A' + seed), "pekko://" + name + "@127.0.0.1:" + ports.get(seed));
        }
        return Node.start(name + "-" + number, main, properties, own, folder.resolve("node-" + number + ".log"));
    }

    /** The folder with the logs of the nodes. */
    Path logs() {
        return folder;
    }

    /** The reply of a node. */
    String ask(int number, String request) {
        try {
            return nodes.get(number).ask(request).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException("node " + number + " does not answer \"" + request + "\": " + failed
                    + "; logs are in " + folder, failed);
        }
    }

    /** The reply of a node, when it comes. */
    CompletableFuture<String> begin(int number, String request) {
        return nodes.get(number).ask(request);
    }

    /** SIGKILL. */
    void killNode(int number) {
        nodes.get(number).kill();
    }

    /** SIGTERM: the node leaves the cluster, and ends. */
    void terminateNode(int number) {
        nodes.get(number).terminate();
    }

    /** SIGSTOP. */
    void pauseNode(int number) {
        nodes.get(number).pause();
    }

    /** SIGCONT. */
    void resumeNode(int number) {
        nodes.get(number).resume();
    }

    /** Starts a node again that has ended, at its old address. */
    void restartNode(int number) {
        nodes.set(number, start(number));
    }

    /** Waits until the process of a node has ended by itself. */
    void awaitEnded(int number) {
        await("node " + number + " ends; logs are in " + folder).atMost(PATIENCE)
                .until(() -> !nodes.get(number).isAlive());
    }

    /** Waits until these nodes see that many members up. */
    void awaitMembersUp(int count, int... askedNodes) {
        for (int number : askedNodes) {
            await("node " + number + " sees " + count + " members; logs are in " + folder).atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> ask(number, "members").equals(Integer.toString(count)));
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }

    @Override
    public String toString() {
        return name + " at " + ports.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
