package dev.allframe.store.view;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map of keys in the order of unsigned bytes: a change gives another tree, which shares most nodes with
 * the one before. So every moment can be kept, and read while others write. An AVL tree: the heights of two siblings
 * differ by 1 at most.
 */
public final class SortedTree {

    /** Without a key. */
    public static final SortedTree EMPTY = new SortedTree(null);

    /** A node; changed by the edit that made it alone, and never once a tree has it. */
    private static final class Node {
        final byte[] key;
        final Object madeBy;
        byte[] value;
        @Nullable Node left;
        @Nullable Node right;
        int height;

        Node(byte[] key, byte[] value, Object madeBy) {
            this.key = key;
            this.value = value;
            this.madeBy = madeBy;
            this.height = 1;
        }
    }

    private final @Nullable Node root;

    private SortedTree(@Nullable Node root) {
        this.root = root;
    }

    /** Whether it has no key. */
    public boolean isEmpty() {
        return root == null;
    }

    /** The value of a key; null where there is none. */
    public byte @Nullable [] get(byte[] key) {
        Node at = root;
        while (at != null) {
            int order = Arrays.compareUnsigned(key, at.key);
            if (order == 0) {
                return at.value;
            }
            at = order < 0 ? at.left : at.right;
        }
        return null;
    }

    /** A tree with this value in place of the one that the key has. */
    public SortedTree put(byte[] key, byte[] value) {
        return edit().put(key, value).done();
    }

    /** A tree without a key. */
    public SortedTree remove(byte[] key) {
        return get(key) == null ? this : edit().remove(key).done();
    }

    /** Begins many changes of this tree, which itself stays as it is. */
    public Edit edit() {
        return new Edit(root);
    }

    /** Walks over a range in ascending or descending order. */
    public Cursor cursor(KeyRange range, boolean backwards) {
        return new Walk(root, range, backwards);
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    /**
     * Changes that make one tree: the nodes on the way to several keys are copied once. For one thread; of no use
     * after {@link #done}.
     */
    public static final class Edit {

        private final Object token = new Object();
        private @Nullable Node root;
        private boolean done;

        private Edit(@Nullable Node root) {
            this.root = root;
        }

        /** Puts this value in place of the one that the key has. */
        public Edit put(byte[] key, byte[] value) {
            mustBeOpen();
            root = put(root, key, value);
            return this;
        }

        /** Takes a key out, if it is there. */
        public Edit remove(byte[] key) {
            mustBeOpen();
            root = remove(root, key);
            return this;
        }

        /** The tree with all changes. */
        public SortedTree done() {
            mustBeOpen();
            done = true;
            return new SortedTree(root);
        }

        private void mustBeOpen() {
            if (done) {
                throw new IllegalStateException("the tree is made already");
            }
        }

        private Node put(@Nullable Node at, byte[] key, byte[] value) {
            if (at == null) {
                return new Node(key, value, token);
            }
            int order = Arrays.compareUnsigned(key, at.key);
            if (order == 0) {
                Node changed = node(at, at.left, at.right);
                changed.value = value;
                return changed;
            }
            return order < 0
                    ? balanced(at, put(at.left, key, value), at.right)
                    : balanced(at, at.left, put(at.right, key, value));
        }

        private @Nullable Node remove(@Nullable Node at, byte[] key) {
            if (at == null) {
                return null;
            }
            int order = Arrays.compareUnsigned(key, at.key);
            if (order < 0) {
                return balanced(at, remove(at.left, key), at.right);
            }
            if (order > 0) {
                return balanced(at, at.left, remove(at.right, key));
            }
            if (at.left == null || at.right == null) {
                return at.left == null ? at.right : at.left;
            }
            Node next = at.right;
            while (next.left != null) {
                next = next.left;
            }
            return balanced(next, at.left, remove(at.right, next.key));
        }

        /** The entry of a node over two trees whose heights differ by 2 at most. */
        private Node balanced(Node entry, @Nullable Node left, @Nullable Node right) {
            if (left != null && left.height > height(right) + 1) {
                Node inner = left.right;
                if (inner != null && inner.height > height(left.left)) {
                    return node(inner, node(left, left.left, inner.left), node(entry, inner.right, right));
                }
                return node(left, left.left, node(entry, inner, right));
            }
            if (right != null && right.height > height(left) + 1) {
                Node inner = right.left;
                if (inner != null && inner.height > height(right.right)) {
                    return node(inner, node(entry, left, inner.left), node(right, inner.right, right.right));
                }
                return node(right, node(entry, left, inner), right.right);
            }
            return node(entry, left, right);
        }

        /** The entry over two trees: the same node where this edit has made it. Most writes change nothing there. */
        @SuppressWarnings("ReferenceEquality") // the token is an identity
        private Node node(Node entry, @Nullable Node left, @Nullable Node right) {
            Node node = entry.madeBy == token ? entry : new Node(entry.key, entry.value, token);
            if (node.left != left) {
                node.left = left;
            }
            if (node.right != right) {
                node.right = right;
            }
            node.height = 1 + Math.max(height(left), height(right));
            return node;
        }
    }

    /** Keeps the nodes that come later and are above the next. */
    private static final class Walk implements Cursor {

        private final Deque<Node> later = new ArrayDeque<>();
        private final KeyRange range;
        private final boolean backwards;
        private @Nullable Node at;

        Walk(@Nullable Node root, KeyRange range, boolean backwards) {
            this.range = range;
            this.backwards = backwards;
            byte[] begin = backwards ? range.until() : range.from();
            Node next = range.isEmpty() ? null : root;
            while (next != null) {
                boolean wanted = begin == null || (backwards
                        ? Arrays.compareUnsigned(next.key, begin) < 0
                        : Arrays.compareUnsigned(next.key, begin) >= 0);
                if (wanted) {
                    later.push(next);
                }
                next = wanted == backwards ? next.right : next.left;
            }
        }

        @Override
        public boolean next() {
            at = later.poll();
            if (at != null && !range.contains(at.key)) {
                later.clear();
                at = null;
            }
            if (at == null) {
                return false;
            }
            Node next = backwards ? at.left : at.right;
            while (next != null) {
                later.push(next);
                next = backwards ? next.right : next.left;
            }
            return true;
        }

        @Override
        public byte[] key() {
            return entry().key;
        }

        @Override
        public byte[] value() {
            return entry().value;
        }

        private Node entry() {
            if (at == null) {
                throw new NoSuchElementException("the cursor is at no entry");
            }
            return at;
        }

        @Override
        public void close() {
            later.clear();
            at = null;
        }
    }
}
