package dev.allframe.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.sample.bank.cli.Bank;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** Commands that documents name exist, with the options that they name. */
final class CommandsTest {

    private static final Pattern MAIN_CLASS = Pattern.compile("\\bjava\\b.* (dev\\.allframe\\.[\\w.]+\\w)(?= |$)");

    /** Plugins that Maven finds by their prefix in any project. */
    private static final Pattern OF_MAVEN = Pattern.compile("dependency|help|versions|exec");

    private static List<String> documented(String program) {
        return Checkout.documents()
                .stream()
                .flatMap(Markdown::code)
                .filter(line -> line.startsWith(program + " "))
                .map(line -> line.replaceFirst("\\s+(#|\\||>|&&).*", ""))
                .distinct()
                .toList();
    }

    private static Stream<String> words(String line) {
        return Arrays.stream(line.split("\\s+")).skip(1);
    }

    @Test
    void maven_finds_the_plugin_of_a_goal_from_every_module() {
        List<String> goals = documented("mvn").stream()
                .flatMap(CommandsTest::words)
                .filter(word -> word.matches("[a-z-]+:[a-z-]+"))
                .filter(goal -> !OF_MAVEN.matcher(goal.substring(0, goal.indexOf(':'))).matches())
                .toList();

        assertThat(goals).contains("spotless:apply");
        for (Module module : Module.all()) {
            Module declares = module.hasParent() ? Module.root() : module;
            assertThat(goals).as(module.name())
                    .allSatisfy(goal -> assertThat(declares.plugins())
                            .anyMatch(plugin -> plugin
                                    .startsWith(goal.substring(0, goal.indexOf(':')) + "-maven-plugin:")));
        }
    }

    @Test
    void modules_and_profiles_of_maven_commands_exist() {
        List<String> modules = Module.all().stream().map(Module::name).toList();
        List<String> profiles = Module.all().stream().flatMap(module -> module.profiles().stream()).toList();

        assertThat(documented("mvn")).hasSizeGreaterThan(3).allSatisfy(line -> {
            List<String> words = words(line).toList();
            int projects = words.indexOf("-pl");
            if (projects >= 0) {
                assertThat(modules).contains(words.get(projects + 1).split(","));
            }
            assertThat(words.stream().filter(word -> word.startsWith("-P")).map(word -> word.substring(2)))
                    .allMatch(profiles::contains);
        });
    }

    @Test
    void the_bank_understands_its_commands() {
        List<String> wrong = new ArrayList<>();
        List<String> commands = documented("./bank");

        for (String command : commands) {
            String[] words = words(command).takeWhile(word -> !word.equals("COMMAND")).toArray(String[]::new);
            try {
                new CommandLine(Bank.class).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
            } catch (MissingParameterException shortened) {
                assertThat(shortened.getCommandLine().getCommandName()).as(command).isNotEqualTo("bank");
            } catch (ParameterException refused) {
                wrong.add(command + ": " + refused.getMessage());
            }
        }

        assertThat(commands).hasSizeGreaterThan(10);
        assertThat(wrong).isEmpty();
    }

    @Test
    void main_classes_of_ours_exist() {
        List<String> mains = Checkout.documents()
                .stream()
                .flatMap(Markdown::code)
                .flatMap(line -> MAIN_CLASS.matcher(line).results().map(match -> match.group(1)))
                .distinct()
                .toList();

        List<String> sources = Checkout.files(".java").stream().map(Path::toString).toList();
        List<String> missing = mains.stream()
                .filter(main -> sources.stream()
                        .noneMatch(file -> file.endsWith("src/main/java/" + main.replace('.', '/') + ".java")))
                .toList();

        assertThat(mains).hasSizeGreaterThan(3);
        assertThat(missing).isEmpty();
    }
}
