package dev.allframe.store.view;

/**
 * Implemented by whatever wraps a storage that keeps views too, such as the read journals of our Pekko plugins, so that
 * they can be used without it.
 */
public interface ViewStoreAccess {

    /**
     * The views that belong to the storage, opened when they are first asked for. They belong to the wrapper: whoever
     * gets them must not close them.
     */
    ViewStore views();
}
