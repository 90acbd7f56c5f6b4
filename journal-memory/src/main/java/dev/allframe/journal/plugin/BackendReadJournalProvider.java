package dev.allframe.journal.plugin;

import com.typesafe.config.Config;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.query.ReadJournalProvider;

/** Makes the read journals of a storage, for Java and for Scala. */
public final class BackendReadJournalProvider implements ReadJournalProvider {

    private final BackendReadJournal javadsl;
    private final BackendScalaReadJournal scaladsl;

    /** Called by Pekko for the section of the configuration that names this class. */
    public BackendReadJournalProvider(ExtendedActorSystem system, Config config, String pluginId) {
        this.javadsl = new BackendReadJournal(system, config, pluginId);
        this.scaladsl = new BackendScalaReadJournal(javadsl, Persistence.get(system));
    }

    @Override
    public BackendScalaReadJournal scaladslReadJournal() {
        return scaladsl;
    }

    @Override
    public BackendReadJournal javadslReadJournal() {
        return javadsl;
    }
}
