package dev.allframe.multijvm;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of the machine's own programs, on a free port of the loopback interface, with its data in a
 * temporary folder that goes with it. It does not force its writes: processes are killed in these tests, and the
 * machine is not. Run by root, the server is the user {@code postgres}'s, because PostgreSQL refuses root.
 */
final class PostgresServer implements AutoCloseable {

    private static final String USER = "allframe";

    private final Path folder;
    private final int port;
    private final Process server;

    private PostgresServer(Path folder, int port, Process server) {
        this.folder = folder;
        this.port = port;
        this.server = server;
    }

    /** The folder with the programs of a server, on the PATH or where Debian puts them; of several the newest. */
    static Optional<Path> programs() {
        List<Path> folders = new ArrayList<>();
        for (String folder : Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1)) {
            folders.add(Path.of(folder));
        }
        try (Stream<Path> versions = Files.exists(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            versions.sorted(Comparator.reverseOrder()).map(version -> version.resolve("bin")).forEach(folders::add);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return folders.stream()
                .filter(folder -> Files.isExecutable(folder.resolve("initdb"))
                        && Files.isExecutable(folder.resolve("postgres")))
                .findFirst();
    }

    /** Starts a server with the tables of pekko-persistence-jdbc, made by its own script. */
    static PostgresServer start(Path programs, Path log) {
        try {
            Path folder = Files.createTempDirectory("allframe-postgres");
            if (isRoot()) {
                Files.setOwner(folder,
                        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
            }
            Files.createDirectories(log.getParent());
            Path data = folder.resolve("data");
            Process init = run(folder, log, programs.resolve("initdb").toString(), "-D", data.toString(), "-U", USER,
                    "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            if (init.waitFor() != 0) {
                throw new IllegalStateException("initdb failed; its log is " + log);
            }
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            PostgresServer server = new PostgresServer(folder, port,
                    run(folder, log, programs.resolve("postgres").toString(), "-D", data.toString(), "-p",
                            Integer.toString(port), "-c", "listen_addresses=127.0.0.1", "-c",
                            "unix_socket_directories=", "-c", "fsync=off"));
            Runtime.getRuntime().addShutdownHook(new Thread(server.server::destroyForcibly));
            server.createTables();
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static Process run(Path folder, Path log, String... command) throws IOException {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        all.addAll(Arrays.asList(command));
        return new ProcessBuilder(all).directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void createTables() throws IOException {
        String script;
        try (InputStream resource = Objects.requireNonNull(
                PostgresServer.class.getResourceAsStream("/schema/postgres/postgres-create-schema.sql"))) {
            script = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
        await("the server takes connections").atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            connect().close();
            return true;
        });
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String command : script.split(";", -1)) {
                if (!command.isBlank()) {
                    statement.execute(command);
                }
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), USER, "");
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    String user() {
        return USER;
    }

    @Override
    public void close() {
        try {
            server.destroyForcibly(); // its children see that it has gone, and end
            server.waitFor();
            await("its folder is deleted").atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
                deleteFolder();
                return true;
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
