// Preloaded into breakwater, kills it at a chosen point, as kill -9 does: before and after every sync of the journal, and
// before and after every request that changes something at a BMC. What runs is the binary as it is.
//
//   CRASH_AT   the number of the point to die at; without it, none
//   CRASH_LOG  a file that names each point as it is passed
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { NAME_BYTES = 100 };

static atomic_int passed;
static int die_at;
static int log_fd = -1;
static _Thread_local char request[NAME_BYTES];  // the one that OpenSSL has taken and the socket has not; empty: none

__attribute__((constructor)) static void begin(void) {
  const char* at = getenv("CRASH_AT");
  const char* log = getenv("CRASH_LOG");
  if (at != NULL) die_at = atoi(at);
  if (log != NULL) log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void point(const char* when, const char* what) {
  const int number = atomic_fetch_add(&passed, 1) + 1;
  if (log_fd >= 0) dprintf(log_fd, "%s %s\n", when, what);
  if (number == die_at) kill(getpid(), SIGKILL);
}

#define REAL(type, name)                                       \
  static type real;                                            \
  if (real == NULL) real = (type)dlsym(RTLD_NEXT, name)

typedef int (*sync_call)(int);

int fdatasync(int file) {
  REAL(sync_call, "fdatasync");
  point("before", "append");
  const int done = real(file);
  point("after", "append");
  return done;
}

// Its first bytes are the method and the path: GET changes nothing.
typedef int (*write_call)(void*, const void*, int);

int SSL_write(void* tls, const void* bytes, int count) {
  REAL(write_call, "SSL_write");
  const char* text = bytes;
  if (count > 8 && (memcmp(text, "POST ", 5) == 0 || memcmp(text, "PATCH ", 6) == 0 || memcmp(text, "DELETE ", 7) == 0)) {
    const int most = count < NAME_BYTES - 1 ? count : NAME_BYTES - 1;
    memcpy(request, text, (size_t)most);
    request[most] = '\0';
    request[strcspn(request, "\r\n")] = '\0';
  }
  return real(tls, bytes, count);
}

#define SEND(call)                       \
  if (request[0] == '\0') return call;   \
  point("before", request);              \
  const ssize_t sent = call;             \
  point("after", request);               \
  request[0] = '\0';                     \
  return sent

typedef ssize_t (*send_call)(int, const void*, size_t, int);

ssize_t send(int socket, const void* bytes, size_t count, int flags) {
  REAL(send_call, "send");
  SEND(real(socket, bytes, count, flags));
}

typedef ssize_t (*sendmsg_call)(int, const struct msghdr*, int);

ssize_t sendmsg(int socket, const struct msghdr* message, int flags) {
  REAL(sendmsg_call, "sendmsg");
  SEND(real(socket, message, flags));
}
