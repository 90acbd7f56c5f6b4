/*
 * Loaded before a process's other libraries (LD_PRELOAD), lets the disk be full under some of its files: while there is a file that says of which, whatever
 * writes to one of those finds no room.
 *
 *   FULL_WHILE   this file has a text on its only line; files whose path contains the text take nothing more while it is there
 */
#define _GNU_SOURCE
#undef _FORTIFY_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *full_while;

__attribute__((constructor)) static void begin(void) { full_while = getenv("FULL_WHILE"); }

/* Whether there is no room for a file; errno says so then, and is as it was otherwise. */
static int full(int file) {
  char text[256], link[64], path[PATH_MAX];
  int before = errno, answer = 0;
  int told = full_while ? syscall(SYS_openat, AT_FDCWD, full_while, O_RDONLY | O_CLOEXEC, 0) : -1;
  if (told >= 0) {
    ssize_t bytes = syscall(SYS_read, told, text, sizeof text - 1);
    syscall(SYS_close, told);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (bytes > 0 && length > 0) {
      text[bytes] = path[length] = 0;
      text[strcspn(text, "\n")] = 0;
      answer = strstr(path, text) != NULL;
    }
  }
  errno = answer ? ENOSPC : before;
  return answer;
}

ssize_t write(int file, const void *bytes, size_t count) {
  return full(file) ? -1 : syscall(SYS_write, file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  return full(file) ? -1 : syscall(SYS_writev, file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  return full(file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return pwrite(file, bytes, count, offset); }
