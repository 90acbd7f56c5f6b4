/*
 * Loaded before a process's other libraries (LD_PRELOAD), writes down every change that the process makes to the files below one directory, and what it says on
 * its standard output, in the order in which it happened. engine/io/Trace.java reads what this writes.
 *
 *   POWER_DIRECTORY   whose files; a real path, without a slash at the end
 *   POWER_TRACE       the file to write to, outside of that directory
 *   POWER_RECORDS     the process kills itself after so many records
 *
 * A change is made and written down under one lock, and the process dies under that lock too: so the trace says exactly what was done. A force is two records:
 * what was changed before the first one is on the disk at the second one. It runs without the lock, so that other threads change files meanwhile.
 *
 * Files and directories are known by their inodes; one that CREATE or MKDIR names is a new one. What could change a file behind our back, such as a shared
 * writable mapping, is written down as UNKNOWN.
 *
 * A record, in the machine's byte order: type u32 | bytes of the first text u32 | bytes behind it u32 | zero u32 | inode u64 | a u64 | b u64, and these bytes.
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, MKDIR, RENAME, REMOVE, LINK, WRITE, ZEROS, TRUNCATE, SYNC_BEGIN, SYNC_END, SAID, UNKNOWN };

struct record {
  uint32_t type, text_bytes, more_bytes, zero;
  uint64_t inode, a, b;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *directory;
static size_t directory_bytes;
static int trace = -1;
static long records_left;
static uint64_t syncs;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("POWER_TRACE");
  const char *records = getenv("POWER_RECORDS");
  directory = getenv("POWER_DIRECTORY");
  if (!file || !records || !directory) return;
  directory_bytes = strlen(directory);
  records_left = atol(records);
  int opened = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  trace = fcntl(opened, F_DUPFD_CLOEXEC, 900); /* out of the way of whoever counts handles */
  syscall(SYS_close, opened);
}

static void die(void) {
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

/* With the lock held. */
static void put(uint32_t type, uint64_t inode, uint64_t a, uint64_t b, const char *text, const void *more, size_t more_bytes) {
  int error = errno;
  struct record head = {type, text ? strlen(text) : 0, more_bytes, 0, inode, a, b};
  struct iovec parts[] = {{&head, sizeof head}, {(void *) text, head.text_bytes}, {(void *) more, more_bytes}};
  ssize_t expected = sizeof head + head.text_bytes + more_bytes;
  if (syscall(SYS_writev, trace, parts, 3) != expected || --records_left <= 0) die();
  errno = error;
}

static void unknown(const char *what) {
  pthread_mutex_lock(&lock);
  put(UNKNOWN, 0, 0, 0, what, NULL, 0);
  pthread_mutex_unlock(&lock);
}

static int below(const char *path) {
  return strncmp(path, directory, directory_bytes) == 0 && (path[directory_bytes] == '/' || path[directory_bytes] == 0);
}

static int path_of(int fd, char *into) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t count = syscall(SYS_readlinkat, AT_FDCWD, link, into, PATH_MAX - 1);
  if (count < 0) return 0;
  into[count] = 0;
  return 1;
}

/* Whether a handle is of something below the directory. */
static int ours(int fd) {
  char path[PATH_MAX];
  int error = errno;
  int answer = trace >= 0 && fd != trace && path_of(fd, path) && below(path);
  errno = error;
  return answer;
}

/* The whole path, where it is below the directory; else null. */
static const char *ours_at(int at, const char *path, char *into) {
  if (trace < 0 || !path) return NULL;
  if (path[0] == '/') return below(path) ? path : NULL;
  int error = errno;
  char base[PATH_MAX];
  int known = at == AT_FDCWD ? getcwd(base, sizeof base) != NULL : path_of(at, base);
  errno = error;
  if (!known || snprintf(into, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) return NULL;
  return below(into) ? into : NULL;
}

static uint64_t inode_of(int fd, uint64_t *size) {
  struct stat about;
  int error = errno;
  if (fstat(fd, &about) != 0) die();
  errno = error;
  if (size) *size = about.st_size;
  return about.st_ino;
}

/* ---- names ---- */

static int open_at(int at, const char *path, int flags, mode_t mode) {
  char whole[PATH_MAX];
  const char *name = (flags & (O_CREAT | O_TRUNC)) ? ours_at(at, path, whole) : NULL;
  if (!name) return syscall(SYS_openat, at, path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat before;
  int error = errno;
  int existed = lstat(name, &before) == 0;
  errno = error;
  int fd = syscall(SYS_openat, at, path, flags, mode);
  if (fd >= 0 && !existed) {
    put(CREATE, inode_of(fd, NULL), 0, 0, name, NULL, 0);
  } else if (fd >= 0 && (flags & O_TRUNC)) {
    put(TRUNCATE, inode_of(fd, NULL), 0, 0, NULL, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

#define MODE_FROM(flags)                    \
  mode_t mode = 0;                          \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {  \
    va_list more;                           \
    va_start(more, flags);                  \
    mode = va_arg(more, int);               \
    va_end(more);                           \
  }

int open(const char *path, int flags, ...) { MODE_FROM(flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_FROM(flags) return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE_FROM(flags) return open_at(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE_FROM(flags) return open_at(at, path, flags | O_LARGEFILE, mode); }
int __open_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_at(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return open_at(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return open_at(at, path, flags, 0); }
int creat(const char *path, mode_t mode) { return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int mkdirat(int at, const char *path, mode_t mode) {
  char whole[PATH_MAX];
  const char *name = ours_at(at, path, whole);
  if (!name) return syscall(SYS_mkdirat, at, path, mode);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_mkdirat, at, path, mode);
  struct stat about;
  if (result == 0) {
    if (lstat(name, &about) != 0) die();
    put(MKDIR, about.st_ino, 0, 0, name, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  char whole_from[PATH_MAX], whole_to[PATH_MAX];
  const char *old = ours_at(from_at, from, whole_from);
  const char *new = ours_at(to_at, to, whole_to);
  if (!old && !new) return syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  if (!old || !new || flags & ~1u) unknown("rename into or out of the directory, or an exchange");
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_renameat2, from_at, from, to_at, to, flags);
  if (result == 0 && old && new) put(RENAME, 0, 0, 0, old, new, strlen(new));
  pthread_mutex_unlock(&lock);
  return result;
}
int renameat(int from_at, const char *from, int to_at, const char *to) { return renameat2(from_at, from, to_at, to, 0); }
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int at, const char *path, int flags) {
  char whole[PATH_MAX];
  const char *name = ours_at(at, path, whole);
  if (!name) return syscall(SYS_unlinkat, at, path, flags);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_unlinkat, at, path, flags);
  if (result == 0) put(REMOVE, 0, 0, 0, name, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
  int result = unlink(path);
  return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  char whole_from[PATH_MAX], whole_to[PATH_MAX];
  const char *old = ours_at(from_at, from, whole_from);
  const char *new = ours_at(to_at, to, whole_to);
  if (!new) return syscall(SYS_linkat, from_at, from, to_at, to, flags);
  if (!old) unknown("link into the directory");
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_linkat, from_at, from, to_at, to, flags);
  if (result == 0 && old) put(LINK, 0, 0, 0, old, new, strlen(new));
  pthread_mutex_unlock(&lock);
  return result;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int symlinkat(const char *to, int at, const char *path) {
  char whole[PATH_MAX];
  if (ours_at(at, path, whole)) unknown("symbolic link");
  return syscall(SYS_symlinkat, to, at, path);
}
int symlink(const char *to, const char *path) { return symlinkat(to, AT_FDCWD, path); }

/* ---- contents ---- */

static int zeros(const char *bytes, size_t count) {
  return count > 0 && bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0;
}

static void put_write(int fd, const void *bytes, size_t count, uint64_t offset) {
  uint64_t inode = inode_of(fd, NULL);
  if (zeros(bytes, count)) {
    put(ZEROS, inode, offset, count, NULL, NULL, 0);
  } else {
    put(WRITE, inode, offset, 0, NULL, bytes, count);
  }
}

static void put_parts(int fd, const struct iovec *parts, int count, ssize_t written, uint64_t offset) {
  for (int i = 0; i < count && written > 0; i++) {
    size_t part = parts[i].iov_len < (size_t) written ? parts[i].iov_len : (size_t) written;
    if (part > 0) put_write(fd, parts[i].iov_base, part, offset);
    offset += part;
    written -= part;
  }
}

static uint64_t end_of_write(int fd) {
  int error = errno;
  off_t at = syscall(SYS_lseek, fd, 0, SEEK_CUR);
  errno = error;
  return at;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  if (trace >= 0 && fd == STDOUT_FILENO) {
    pthread_mutex_lock(&lock);
    put(SAID, 0, 0, 0, NULL, bytes, count);
    pthread_mutex_unlock(&lock);
    return count;
  }
  if (!ours(fd)) return syscall(SYS_write, fd, bytes, count);
  pthread_mutex_lock(&lock);
  ssize_t written = syscall(SYS_write, fd, bytes, count);
  if (written > 0) put_write(fd, bytes, written, end_of_write(fd) - written);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!ours(fd)) return syscall(SYS_writev, fd, parts, count);
  pthread_mutex_lock(&lock);
  ssize_t written = syscall(SYS_writev, fd, parts, count);
  if (written > 0) put_parts(fd, parts, count, written, end_of_write(fd) - written);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  if (!ours(fd)) return syscall(SYS_pwrite64, fd, bytes, count, offset);
  pthread_mutex_lock(&lock);
  ssize_t written = syscall(SYS_pwrite64, fd, bytes, count, offset);
  if (written > 0) put_write(fd, bytes, written, offset);
  pthread_mutex_unlock(&lock);
  return written;
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { return pwrite(fd, bytes, count, offset); }

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  if (!ours(fd)) return syscall(SYS_pwritev, fd, parts, count, offset, 0);
  pthread_mutex_lock(&lock);
  ssize_t written = syscall(SYS_pwritev, fd, parts, count, offset, 0);
  if (written > 0) put_parts(fd, parts, count, written, offset);
  pthread_mutex_unlock(&lock);
  return written;
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) { return pwritev(fd, parts, count, offset); }
ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset, int flags) {
  if (ours(fd)) unknown("pwritev2");
  return syscall(SYS_pwritev2, fd, parts, count, offset, 0, flags);
}
ssize_t pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags) {
  return pwritev2(fd, parts, count, offset, flags);
}

int ftruncate(int fd, off_t length) {
  if (!ours(fd)) return syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_ftruncate, fd, length);
  if (result == 0) put(TRUNCATE, inode_of(fd, NULL), length, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int truncate(const char *path, off_t length) {
  char whole[PATH_MAX];
  if (!ours_at(AT_FDCWD, path, whole)) return syscall(SYS_truncate, path, length);
  int fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return -1;
  int result = ftruncate(fd, length);
  syscall(SYS_close, fd);
  return result;
}
int truncate64(const char *path, off64_t length) { return truncate(path, length); }

/* Room beyond the end is nothing that a reader sees; a hole is zeros up to the end. */
int fallocate(int fd, int mode, off_t offset, off_t length) {
  if (!ours(fd)) return syscall(SYS_fallocate, fd, mode, offset, length);
  if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) unknown("fallocate of a kind that is not known");
  pthread_mutex_lock(&lock);
  uint64_t size, inode = inode_of(fd, &size), end = offset + length;
  int result = syscall(SYS_fallocate, fd, mode, offset, length);
  if (result == 0 && mode == 0 && end > size) {
    put(TRUNCATE, inode, end, 0, NULL, NULL, 0);
  } else if (result == 0 && mode & FALLOC_FL_PUNCH_HOLE && (uint64_t) offset < size) {
    put(ZEROS, inode, offset, (end < size ? end : size) - offset, NULL, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  return result;
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) { return fallocate(fd, mode, offset, length); }
int posix_fallocate(int fd, off_t offset, off_t length) {
  int error = errno;
  int result = fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
  errno = error;
  return result;
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) { return posix_fallocate(fd, offset, length); }

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned flags) {
  if (ours(to)) unknown("copy_file_range");
  return syscall(SYS_copy_file_range, from, from_at, to, to_at, count, flags);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t count) {
  if (ours(to)) unknown("sendfile");
  return syscall(SYS_sendfile, to, from, offset, count);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) { return sendfile(to, from, offset, count); }
ssize_t splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t count, unsigned flags) {
  if (ours(to)) unknown("splice");
  return syscall(SYS_splice, from, from_at, to, to_at, count, flags);
}
void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && ours(fd)) unknown("a shared writable mapping");
  return (void *) syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}
void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset) {
  return mmap(at, length, protection, flags, fd, offset);
}

/* ---- forces: sync, syncfs and sync_file_range count for nothing ---- */

static int force(long call, int fd) {
  if (!ours(fd)) return syscall(call, fd);
  pthread_mutex_lock(&lock);
  uint64_t number = ++syncs, inode = inode_of(fd, NULL);
  put(SYNC_BEGIN, inode, number, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  int result = syscall(call, fd);
  if (result == 0) {
    pthread_mutex_lock(&lock);
    put(SYNC_END, inode, number, 0, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return result;
}
int fsync(int fd) { return force(SYS_fsync, fd); }
int fdatasync(int fd) { return force(SYS_fdatasync, fd); }
