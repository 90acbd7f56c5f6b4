package dev.allframe.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * A module of the build.
 *
 * @param name how the root names it, such as {@code cqrs-api/bom}; empty for the root
 * @param project the contents of its POM
 */
record Module(String name, Element project) {

    static Module root() {
        return at("");
    }

    /** The root and every module that it names. */
    static List<Module> all() {
        List<Module> all = new ArrayList<>(List.of(root()));
        root().texts("modules", "module").map(Module::at).forEach(all::add);
        return all;
    }

    private static Module at(String name) {
        try {
            Path pom = Checkout.ROOT.resolve(name).resolve("pom.xml");
            return new Module(name,
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile()).getDocumentElement());
        } catch (Exception unreadable) {
            throw new IllegalStateException("no POM of " + name, unreadable);
        }
    }

    Path folder() {
        return Checkout.ROOT.resolve(name);
    }

    String artifactId() {
        return text("artifactId");
    }

    boolean isJar() {
        return texts("packaging").allMatch("jar"::equals);
    }

    /** Whether a deployment would publish it. */
    boolean isPublished() {
        return texts("properties", "maven.deploy.skip").noneMatch("true"::equals);
    }

    boolean hasParent() {
        return texts("parent", "artifactId").findAny().isPresent();
    }

    /** Artifacts of ours that its dependency management names. */
    List<String> managesOfOurs() {
        return elements("dependencyManagement", "dependencies", "dependency")
                .filter(dependency -> text(dependency, "groupId").equals("dev.allframe"))
                .map(dependency -> text(dependency, "artifactId"))
                .toList();
    }

    /** The plugins that its build declares, as {@code artifactId:version}. */
    List<String> plugins() {
        return elements("build", "plugins", "plugin")
                .map(plugin -> text(plugin, "artifactId") + ":" + text(plugin, "version"))
                .toList();
    }

    /** The version of a plugin that the build manages. */
    String version(String plugin) {
        return elements("build", "pluginManagement", "plugins", "plugin")
                .filter(managed -> text(managed, "artifactId").equals(plugin))
                .map(managed -> text(managed, "version"))
                .findFirst()
                .orElseThrow();
    }

    List<String> profiles() {
        return texts("profiles", "profile", "id").toList();
    }

    String text(String element) {
        return texts(element).findFirst().orElse("");
    }

    private Stream<String> texts(String... path) {
        return elements(path).map(Node::getTextContent);
    }

    private Stream<Element> elements(String... path) {
        Stream<Element> at = Stream.of(project);
        for (String step : path) {
            at = at.flatMap(element -> children(element, step));
        }
        return at;
    }

    private static String text(Element parent, String child) {
        return children(parent, child).map(Node::getTextContent).findFirst().orElse("");
    }

    private static Stream<Element> children(Element parent, String name) {
        NodeList children = parent.getChildNodes();
        List<Element> found = new ArrayList<>();
        for (int at = 0; at < children.getLength(); at++) {
            if (children.item(at) instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found.stream();
    }
}
