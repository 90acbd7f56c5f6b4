package dev.allframe.sample.bank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shell script {@code bank} in a copy of the project's outline, with JDKs and a Maven that only say that they were
 * called.
 */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {

    private static final String TOOLS = "/usr/bin:/bin";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temp;

    private Path root = Path.of("");
    private Path jdks = Path.of("");
    private Path bin = Path.of("");

    private record Said(int exitCode, String out, String err) {}

    @BeforeEach
    void outline() throws IOException {
        Path real = temp.toRealPath();
        root = Files.createDirectories(real.resolve("a folder with spaces"));
        jdks = Files.createDirectories(real.resolve("installed jdks"));
        bin = Files.createDirectories(real.resolve("bin"));
        Files.copy(script(), root.resolve("bank"), StandardCopyOption.COPY_ATTRIBUTES);
        write(root.resolve("pom.xml"), "<project/>");
        write(root.resolve("sample-bank/src/main/java/Bank.java"), "class Bank {}");
        for (String tool : List.of("find", "grep", "sed", "head", "dirname", "readlink", "cat", "mkdir",
                "touch")) {
            executable(bin.resolve(tool), "exec " + tool(tool) + " \"$@\"\n");
        }
        executable(bin.resolve("mvn"),
                """
                        echo "mvn was called with JAVA_HOME=$JAVA_HOME $*" >> "$MVN_LOG"
                        module=$(dirname "$MVN_LOG")/sample-bank
                        mkdir -p "$module/target/classes/dev/allframe/sample/bank/cli" "$module/../cqrs-api/target"
                        touch "$module/target/classes/dev/allframe/sample/bank/cli/Bank.class"
                        touch "$module/../cqrs-api/target/api.jar"
                        printf '%s' "$(dirname "$MVN_LOG")/cqrs-api/target/api.jar:/elsewhere/other.jar" > "$module/target/bank.classpath"
                        """);
    }

    @Test
    void a_clean_clone_is_built_first_and_that_is_said() throws Exception {
        Path jdk = jdk("jdk-21", "21");

        Said said = bank(Map.of("JAVA_HOME", jdk.toString()), "demo", "--seed", "a b");

        assertThat(said.exitCode()).isZero();
        assertThat(said.err()).isEqualTo("bank: building the project first ...\n");
        assertThat(mavenCalls()).singleElement()
                .asString()
                .contains("JAVA_HOME=" + jdk, root + "/pom.xml",
                        "-pl sample-bank -am package");
        assertThat(said.out().lines()).containsExactly("jdk-21", "-Dbank.terminal=false", "-cp",
                root + "/sample-bank/target/classes:" + root + "/cqrs-api/target/api.jar:/elsewhere/other.jar",
                "dev.allframe.sample.bank.cli.Bank", "demo", "--seed", "a b");
    }

    @Test
    void what_is_built_is_built_again_only_when_a_source_is_newer() throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk-21", "21").toString());
        bank(environment);
        Said second = bank(environment);
        touched(root.resolve("sample-bank/src/main/java/Bank.java"));
        Said third = bank(environment);

        assertThat(second.err()).isEmpty();
        assertThat(third.err()).contains("building");
        assertThat(mavenCalls()).hasSize(2);
    }

    @Test
    void a_changed_pom_and_a_moved_project_are_built_again_too() throws Exception {
        Map<String, String> environment = Map.of("JAVA_HOME", jdk("jdk-21", "21").toString());
        bank(environment);
        touched(root.resolve("pom.xml"));
        bank(environment);
        root = Files.move(root, root.resolveSibling("moved"));

        assertThat(bank(environment).err()).contains("building");
        assertThat(mavenCalls()).hasSize(3);
    }

    @Test
    void an_old_java_home_does_not_hide_a_newer_jdk() throws Exception {
        Path old = jdk("jdk-17", "17");
        jdk("jdk-8", "1.8");
        Path current = jdk("jdk-25", "25");

        assertThat(bank(Map.of("JAVA_HOME", old.toString())).out()).startsWith("jdk-25\n");
        assertThat(bank(Map.of("JAVA_HOME", "/nowhere")).out()).startsWith("jdk-25\n");
        assertThat(bank(Map.of()).out()).startsWith("jdk-25\n");
        assertThat(mavenCalls()).first().asString().contains("JAVA_HOME=" + current);
    }

    @Test
    void java_home_goes_before_the_path_and_the_path_before_what_is_installed() throws Exception {
        Path home = jdk(temp.toRealPath().resolve("home"), "21");
        Path onPath = jdk(temp.toRealPath().resolve("on path"), "22");
        jdk("installed", "25");
        Files.createSymbolicLink(bin.resolve("java"), onPath.resolve("bin/java"));

        assertThat(bank(Map.of("JAVA_HOME", home.toString())).out()).startsWith("home\n");
        assertThat(bank(Map.of()).out()).startsWith("on path\n");
    }

    @Test
    void a_java_without_a_compiler_is_no_jdk() throws Exception {
        Files.delete(jdk("jre", "25").resolve("bin/javac"));

        assertThat(bank(Map.of()).exitCode()).isEqualTo(2);
    }

    @Test
    void where_no_jdk_fits_one_sentence_says_what_to_install() throws Exception {
        jdk("jdk-17", "17");

        Said said = bank(Map.of("JAVA_HOME", "/nowhere"));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.out()).isEmpty();
        assertThat(said.err().lines()).singleElement()
                .asString()
                .startsWith("bank: install a JDK of version 21 or newer and set JAVA_HOME to it");
    }

    @Test
    void where_maven_is_missing_one_sentence_says_what_to_install() throws Exception {
        jdk("jdk-21", "21");
        Files.delete(bin.resolve("mvn"));

        Said said = bank(Map.of());

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err().lines()).singleElement().asString().startsWith("bank: install Apache Maven 3.8 or newer");
    }

    @Test
    void where_a_build_is_making_the_classes_anew_one_sentence_says_to_wait_or_build() throws Exception {
        jdk("jdk-21", "21");
        bank(Map.of());

        for (String part : List.of("cqrs-api/target/api.jar",
                "sample-bank/target/classes/dev/allframe/sample/bank/cli/Bank.class")) {
            Files.delete(root.resolve(part));
            Said said = bank(Map.of(), "demo");

            assertThat(said.exitCode()).isEqualTo(2);
            assertThat(said.out()).isEmpty();
            assertThat(said.err()).isEqualTo("bank: wait for the build that is running, or build with"
                    + " 'mvn package -DskipTests' (" + root.resolve(part) + " is not there).\n");
        }
        assertThat(mavenCalls()).hasSize(1);
    }

    @Test
    void a_build_that_fails_shows_why() throws Exception {
        jdk("jdk-21", "21");
        executable(bin.resolve("mvn"), "echo '[ERROR] planted'; exit 1");

        Said said = bank(Map.of());

        assertThat(said.exitCode()).isEqualTo(3);
        assertThat(said.out()).isEmpty();
        assertThat(said.err().lines()).containsExactly("bank: building the project first ...", "[ERROR] planted",
                "bank: the build failed.");
    }

    @Test
    void it_runs_through_symbolic_links_from_any_folder() throws Exception {
        jdk("jdk-21", "21");
        Path links = Files.createDirectories(temp.toRealPath().resolve("links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("../a folder with spaces/bank"));
        Files.createSymbolicLink(links.resolve("second"), links.resolve("first"));

        Said said = run(Map.of(), links, "./second", "balances");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).contains(root + "/sample-bank/target/classes:").endsWith("balances\n");
    }

    @Test
    void the_exit_code_is_that_of_the_command() throws Exception {
        Path jdk = jdk("jdk-21", "21");
        Files.writeString(jdk.resolve("bin/java"),
                Files.readString(jdk.resolve("bin/java")).replace("printf", "exit 7; printf"));

        assertThat(bank(Map.of()).exitCode()).isEqualTo(7);
    }

    private Said bank(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(root.resolve("bank").toString()));
        command.addAll(Arrays.asList(arguments));
        return run(environment, temp, command.toArray(String[]::new));
    }

    private Said run(Map<String, String> environment, Path folder, String... command) throws Exception {
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> clean = new TreeMap<>(environment);
        clean.put("PATH", bin.toString());
        clean.put("HOME", temp.resolve("nobody").toString());
        clean.put("BANK_JVM_DIR", jdks.toString());
        clean.put("MVN_LOG", root.resolve("mvn.log").toString());
        builder.environment().clear();
        builder.environment().putAll(clean);
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the launcher ends").isTrue();
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private List<String> mavenCalls() throws IOException {
        return Files.readAllLines(root.resolve("mvn.log"));
    }

    private Path jdk(String name, String version) throws IOException {
        return jdk(jdks.resolve(name), version);
    }

    /**
     * A JDK whose java tells its version and home when it is asked, and otherwise its name and arguments but those that
     * begin with -- or -XX.
     */
    private static Path jdk(Path home, String version) throws IOException {
        executable(home.resolve("bin/java"), String.format(Locale.ROOT, """
                if [ "$1" = "-XshowSettings:properties" ]; then
                  echo "    java.home = %1$s" >&2
                  echo "    java.specification.version = %2$s" >&2
                  exit 0
                fi
                printf '%%s\\n' "%3$s"
                for argument in "$@"; do
                  case $argument in
                    --enable-native-access=* | --sun-misc-* | -XX:*) ;;
                    *) printf '%%s\\n' "$argument" ;;
                  esac
                done
                """, home, version, home.getFileName()));
        executable(home.resolve("bin/javac"), "");
        return home;
    }

    private static Path script() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("bank")) || !Files.isDirectory(folder.resolve("sample-bank"))) {
            folder = Objects.requireNonNull(folder.getParent(), "the tests run inside the project");
        }
        return folder.resolve("bank");
    }

    private static Path tool(String name) {
        return Arrays.stream(TOOLS.split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private static void touched(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private static void executable(Path file, String script) throws IOException {
        write(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
