/*
 * The probe: tries to reach what no guest may reach, from where a guest is, with what a guest has, which is nothing.
 *
 * Each argument is one attempt, a letter and bytes in hexadecimal, mostly a sockaddr as the kernel takes it:
 *
 *     t SOCKADDR           connect over TCP             u SOCKADDR           ask over UDP, and hear an answer
 *     s SOURCE TARGET      send from a false address    r                    open a raw socket
 *     p                    open a packet socket         l SOCKADDR           (no attempt) listen, until it is ended
 *
 * Prints a line with one letter for each: y for what was reached or allowed, n for what was not. No libc, no file.
 */
#include "kernel.h"

#include <linux/poll.h>

enum {
  AF_INET = 2, AF_PACKET = 17, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_NONBLOCK = 0x800, IPPROTO_ICMP = 1,
  SOL_IP = 0, IP_FREEBIND = 15, SOL_SOCKET = 1, SO_ERROR = 4, SO_BROADCAST = 6, SO_REUSEADDR = 2, ALL_PROTOCOLS = 0x0300,
  MOST = 128, TICKS = 30, TICK_NANOSECONDS = 100000000,
};

/* a question for example.org, which name servers answer and others may */
static const u8 question[] = {0x77, 0x77, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r', 'g', 0, 0, 1, 0, 1};

static struct pollfd watched[MOST];
static char verdicts[MOST + 1];
static u8 bytes[128];

static int nibble(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Decodes into `bytes`; how many there are. */
static int decode(const char *text) {
  int length = 0;
  while (length < (int)sizeof bytes && nibble(text[0]) >= 0 && nibble(text[1]) >= 0) {
    bytes[length++] = (u8)(nibble(text[0]) << 4 | nibble(text[1]));
    text += 2;
  }
  return length;
}

static int open_socket(int family, int type, int protocol) {
  return (int)call(__NR_socket, (word)family, (word)(type | SOCK_NONBLOCK), (word)protocol, 0, 0, 0);
}

static void allow(int fd, int level, int option) {
  int yes = 1;
  call(__NR_setsockopt, (word)fd, (word)level, (word)option, (word)&yes, sizeof yes, 0);
}

static long ask(int fd, const u8 *address, int length) {
  return call(__NR_sendto, (word)fd, (word)question, sizeof question, 0, (word)address, (word)length);
}

static void listen_on(const u8 *address, int length) {
  int fd = (int)call(__NR_socket, (word)address[0], SOCK_STREAM, 0, 0, 0, 0);
  allow(fd, SOL_SOCKET, SO_REUSEADDR);
  call(__NR_bind, (word)fd, (word)address, (word)length, 0, 0, 0);
  call(__NR_listen, (word)fd, 16, 0, 0, 0, 0);
  for (;;) {
    long taken = call(__NR_accept4, (word)fd, 0, 0, 0, 0, 0);
    if (taken >= 0) call(__NR_close, (word)taken, 0, 0, 0, 0, 0);
    else if (taken != -EINTR) return;
  }
}

/* Begins an attempt. What cannot be told at once is watched. */
static char begin_attempt(char kind, int length, struct pollfd *watch) {
  int fd;
  long said;
  switch (kind) {
    case 'r': return open_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 ? 'y' : 'n';
    case 'p': return open_socket(AF_PACKET, SOCK_RAW, ALL_PROTOCOLS) >= 0 ? 'y' : 'n';
    case 's':
      fd = open_socket(AF_INET, SOCK_DGRAM, 0);
      allow(fd, SOL_IP, IP_FREEBIND);
      if (length != 32 || call(__NR_bind, (word)fd, (word)bytes, 16, 0, 0, 0) < 0) return 'n';
      return ask(fd, bytes + 16, 16) >= 0 ? 'y' : 'n';
    case 't':
      if ((fd = open_socket(bytes[0], SOCK_STREAM, 0)) < 0) return 'n';
      said = call(__NR_connect, (word)fd, (word)bytes, (word)length, 0, 0, 0);
      if (said == 0) return 'y';
      if (said != -EINPROGRESS) return 'n';
      *watch = (struct pollfd){fd, POLLOUT, 0};
      return 't';
    case 'u':
      if ((fd = open_socket(bytes[0], SOCK_DGRAM, 0)) < 0) return 'n';
      allow(fd, SOL_SOCKET, SO_BROADCAST);
      if (ask(fd, bytes, length) < 0) return 'n';
      *watch = (struct pollfd){fd, POLLIN, 0};
      return 'u';
    default: return '?';
  }
}

static char judge(const struct pollfd *watch, char kind) {
  int error = -1, length = sizeof error;
  if (kind == 'u') return watch->revents & POLLIN ? 'y' : 'n';
  call(__NR_getsockopt, (word)watch->fd, SOL_SOCKET, SO_ERROR, (word)&error, (word)&length, 0);
  return error == 0 ? 'y' : 'n';
}

__attribute__((used)) void begin(word *stack) {
  int count = (int)stack[0] - 1;
  if (count > MOST) count = MOST;
  for (int at = 0; at < count; at++) {
    const char *argument = (const char *)stack[2 + at];
    int length = decode(argument + 1);
    watched[at].fd = -1;
    if (argument[0] == 'l') listen_on(bytes, length);
    verdicts[at] = begin_attempt(argument[0], length, &watched[at]);
  }
  for (int ticks = 0; ticks < TICKS;) {
    /* the kernel writes what is left of it */
    struct { long seconds, nanoseconds; } patience = {0, TICK_NANOSECONDS};
    if (call(__NR_ppoll, (word)watched, (word)count, (word)&patience, 0, 0, 0) <= 0) ticks++;
    for (int at = 0; at < count; at++) {
      if (watched[at].fd < 0 || watched[at].revents == 0) continue;
      verdicts[at] = judge(&watched[at], verdicts[at]);
      watched[at].fd = -1;
    }
  }
  for (int at = 0; at < count; at++) if (verdicts[at] == 't' || verdicts[at] == 'u') verdicts[at] = 'n';
  verdicts[count] = '\n';
  call(__NR_write, 1, (word)verdicts, (word)count + 1, 0, 0, 0);
  for (;;) call(__NR_exit_group, 0, 0, 0, 0, 0, 0);
}
