package dev.allframe.documents;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder below {@code target} in which Maven knows nothing of the reactor. Its local repository has the artifacts of
 * this build, copied as an installation would; everything else in it are links into the repository of the running
 * build, so that what that has downloaded is neither downloaded nor copied again, and nothing of ours gets there.
 */
final class Outside {

    private static final String VERSION = Module.root().text("version");
    private static final long PATIENCE_MINUTES = 10;

    private final Path folder;

    private Outside(Path folder) {
        this.folder = folder;
    }

    /**
     * What a command said.
     *
     * @param exitCode 0 where it succeeded
     * @param out its standard output
     * @param all standard output and error in two parts
     */
    record Ran(int exitCode, String out, String all) {}

    /** An empty one of this name. */
    static Outside named(String name) throws IOException {
        Path folder = Checkout.ROOT.resolve("benchmarks/target").resolve(name);
        delete(folder);
        // Maven looks upwards for this folder, and would find the checkout's.
        Files.createDirectories(folder.resolve(".mvn"));
        Outside outside = new Outside(folder);
        outside.linkRepository();
        for (Module module : Module.all()) {
            outside.install(module);
        }
        outside.writeLauncher();
        return outside;
    }

    /** Deletes a folder with everything in it; links are deleted, what they lead to is not. */
    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private Path repository() {
        return folder.resolve("repository");
    }

    private void linkRepository() throws IOException {
        String running = System.getProperty("outside.repository", System.getProperty("user.home") + "/.m2/repository");
        Files.createDirectories(repository().resolve("dev/allframe"));
        link(Path.of(running), repository());
        link(Path.of(running, "dev"), repository().resolve("dev"));
    }

    /** Makes a link to each entry of a folder whose name is free. */
    private static void link(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                Path link = to.resolve(entry.getFileName());
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, entry.toAbsolutePath());
                }
            }
        }
    }

    /** What {@code mvn install} does for a module: its POM, and its jar where the build has made one. */
    private void install(Module module) throws IOException {
        String name = module.artifactId() + "-" + VERSION;
        Path to = repository().resolve("dev/allframe").resolve(module.artifactId()).resolve(VERSION);
        Files.createDirectories(to);
        Files.copy(module.folder().resolve("pom.xml"), to.resolve(name + ".pom"));
        Path jar = module.folder().resolve("target").resolve(name + ".jar");
        if (Files.exists(jar)) {
            Files.copy(jar, to.resolve(name + ".jar"), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** A command {@code mvn}: the Maven that runs this build, with the repository of this folder. */
    private void writeLauncher() throws IOException {
        String home = System.getProperty("outside.maven", "");
        String maven = home.isEmpty() ? onPath("mvn") : home + "/bin/mvn";
        String offline = "offline=true".equals(System.getProperty("outside.network")) ? "-o " : "";
        Path launcher = folder.resolve("bin/mvn");
        Files.createDirectories(launcher.getParent());
        Files.writeString(launcher, "#!/bin/sh\nexec \"" + maven + "\" -B " + offline + "\"-Dmaven.repo.local="
                + repository() + "\" \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String onPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .map(entry -> Path.of(entry, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + program + " on the PATH"))
                .toString();
    }

    /** Writes a file of a project, whose folders are made. */
    void write(String project, String file, String text) throws IOException {
        Path path = folder.resolve(project).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    Path folder(String project) {
        return folder.resolve(project);
    }

    /** Runs lines of a shell in the folder of a project, where {@code java} and {@code mvn} are those of this build. */
    Ran run(String project, String script) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "run", ".out");
        Path err = Files.createTempFile(folder, "run", ".err");
        ProcessBuilder shell = new ProcessBuilder(List.of("sh", "-e", "-c", script))
                .directory(folder.resolve(project).toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> environment = shell.environment();
        String jdk = System.getProperty("java.home");
        environment.put("JAVA_HOME", jdk);
        environment.put("PATH", folder.resolve("bin") + ":" + jdk + "/bin:" + environment.getOrDefault("PATH", ""));
        // A process that lives for seconds is done before the second compiler pays.
        environment.put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
        List.of("MAVEN_ARGS", "MAVEN_BASEDIR", "MAVEN_PROJECTBASEDIR", "MAVEN_CONFIG").forEach(environment::remove);
        Process process = shell.start();
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(out, StandardCharsets.UTF_8);
        return new Ran(process.exitValue(), said, said + "\n" + Files.readString(err, StandardCharsets.UTF_8));
    }
}
