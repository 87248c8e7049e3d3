/*
 * The guard: the one process in a lease's network namespace that may change it (CAP_NET_ADMIN, nothing else).
 *
 * It knows nothing of policies. It is handed netlink messages, gives them to the kernel, and says what the kernel said; and it
 * answers for the names that it is handed (names.h).
 * The messages that make the namespace safe are its arguments, so a guard that runs is a guard that has applied them:
 * when the kernel refuses one, it says which and exits, and nothing can join a namespace that has no owner.
 *
 *     start ──every argument applied──► ready ──frame on stdin──► apply, answer on stdout ──► ready
 *       └──one refused──► exit 1          └──SIGTERM or SIGINT──► exit 0
 *
 * No libc, no allocation, no file is ever opened. Formats are the kernel's own: linux/netlink.h.
 */
#include "kernel.h"

#include <linux/netlink.h>
#include <linux/poll.h>
#include <linux/sockios.h>

#include "base64.h"
#include "names.h"

enum { AF_NETLINK = 16, SOCK_RAW = 3, MSG_DONTWAIT = 0x40, SOL_NETLINK = 270, SIG_BLOCK = 0, SIGINT = 2, SIGTERM = 15 };

/* ---- frames -------------------------------------------------------------------------------------------------- */

/* In and out alike, in the machine's own byte order. In: `kind` is one of the kinds. Out: `kind` is the first error
 * number that the kernel answered, 0 for none, and the payload is all that it answered; `id` is the one that came in. */
struct frame {
  u32 magic;
  u32 kind;
  u32 id;
  u32 length;
};

enum {
  MAGIC = 0x31445247, /* "GRD1" */
  FIREWALL = 1,       /* messages for NETLINK_NETFILTER */
  LINKS = 2,          /* a 16-byte interface name, then messages for NETLINK_ROUTE about it */
  LINKS_OR_NOT = 3,   /* the same, and a guard that starts goes on when they are refused */
  NAMES = 4,          /* what names to answer for: an order (names.h) */
  FIREWALL_COUNTS = 5, /* like FIREWALL, and its own counts after the answers, as a message of a type that is nobody's */
  SERVICES = 6,       /* the services of the lease, where the engine has no names for them */
  COUNTS_MESSAGE = 0xffff,
  ROOM = 1 << 20,
  CUT_OFF_SECONDS = 2,
};

/* the id of an answer to what was no frame */
static const u32 nobody = 0xffffffff;

static u8 in[ROOM] __attribute__((aligned(8)));
static u8 out[ROOM] __attribute__((aligned(8)));
static int links;
/* the message that was refused first, by its sequence number */
static u32 refused;

static void answer(u32 id, u32 kind, const u8 *payload, u32 length) {
  struct frame header = {MAGIC, kind, id, length};
  write_all(1, (const u8 *)&header, sizeof header);
  write_all(1, payload, length);
}

/* ---- netlink ------------------------------------------------------------------------------------------------- */

static int open_netlink(int protocol) {
  int fd = (int)call(__NR_socket, AF_NETLINK, SOCK_RAW, (word)protocol, 0, 0, 0);
  int yes = 1;
  if (fd < 0) {
    say("guard: no netlink\n");
    quit(1);
  }
  /* errors that name the attribute and say why, without the message that they are about; older kernels do without */
  call(__NR_setsockopt, (word)fd, SOL_NETLINK, NETLINK_EXT_ACK, (word)&yes, sizeof yes, 0);
  call(__NR_setsockopt, (word)fd, SOL_NETLINK, NETLINK_CAP_ACK, (word)&yes, sizeof yes, 0);
  return fd;
}

/* The message at `at`, or null when what is there is none. */
static struct nlmsghdr *message_at(u8 *bytes, u32 length, u32 at) {
  struct nlmsghdr *message = (struct nlmsghdr *)(bytes + at);
  if (length - at < sizeof *message) return 0;
  return message->nlmsg_len < sizeof *message || message->nlmsg_len > length - at ? 0 : message;
}

/* Reads answers until there are no more: the kernel works on a message while it is sent, so all are there. */
static long receive(int fd) {
  u32 used = 0;
  for (;;) {
    long got;
    if (ROOM - used < ROOM / 8) return -EMSGSIZE;
    got = call(__NR_recvfrom, (word)fd, (word)(out + used), ROOM - used, MSG_DONTWAIT, 0, 0);
    if (got == -EINTR) continue;
    if (got == -EAGAIN) return used;
    if (got <= 0) return got < 0 ? got : -EPIPE;
    used += ((u32)got + 3) & ~3u;
  }
}

/* Sends messages and judges the answers. The first error number, 0 for none; `*answered` bytes of answers in `out`. */
static u32 exchange(int fd, u8 *messages, u32 length, u32 *answered) {
  u32 wanted = 0, acknowledged = 0, error = 0;
  struct nlmsghdr *message;
  long got;
  *answered = 0;
  for (u32 at = 0; at < length; at += NLMSG_ALIGN(message->nlmsg_len)) {
    if ((message = message_at(messages, length, at)) == 0) return EBADMSG;
    if (message->nlmsg_flags & NLM_F_ACK) wanted++;
  }
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  got = call(__NR_sendto, (word)fd, (word)messages, length, 0, (word)&kernel, sizeof kernel);
  if (got != (long)length) return got < 0 ? (u32)-got : EMSGSIZE;
  if ((got = receive(fd)) < 0) return (u32)-got;
  *answered = (u32)got;
  for (u32 at = 0; at < *answered; at += NLMSG_ALIGN(message->nlmsg_len)) {
    int said;
    if ((message = message_at(out, *answered, at)) == 0) return EBADMSG;
    if (message->nlmsg_type != NLMSG_ERROR && message->nlmsg_type != NLMSG_DONE) continue;
    if (message->nlmsg_len < NLMSG_HDRLEN + sizeof said) continue;
    said = *(int *)NLMSG_DATA(message);
    if (message->nlmsg_type == NLMSG_ERROR && said == 0) acknowledged++;
    if (said < 0 && error == 0) {
      error = (u32)-said;
      refused = message->nlmsg_seq;
    }
  }
  /* an answer that is missing is no consent */
  return error == 0 && acknowledged != wanted ? EPROTO : error;
}

/* struct ifinfomsg and struct tcmsg both have the interface's index 4 bytes after the header; all ones there stand for
 * the interface that the frame names, whose index only the kernel knows. */
static u32 change_links(u8 *payload, u32 length, u32 *answered) {
  struct { char name[16]; int index; char rest[20]; } request = {{0}, 0, {0}};
  struct nlmsghdr *message;
  long looked;
  *answered = 0;
  if (length < sizeof request.name) return EBADMSG;
  for (u32 at = 0; at < sizeof request.name - 1; at++) request.name[at] = (char)payload[at];
  looked = call(__NR_ioctl, (word)links, SIOCGIFINDEX, (word)&request, 0, 0, 0);
  if (looked < 0) return (u32)-looked;
  payload += sizeof request.name;
  length -= sizeof request.name;
  for (u32 at = 0; at < length; at += NLMSG_ALIGN(message->nlmsg_len)) {
    if ((message = message_at(payload, length, at)) == 0) return EBADMSG;
    int *index = (int *)(payload + at + NLMSG_HDRLEN + 4);
    if (message->nlmsg_len >= NLMSG_HDRLEN + 8 && *index == -1) *index = request.index;
  }
  return exchange(links, payload, length, answered);
}

/* Those of the names, after the answers of the kernel. */
static u32 add_counts(u32 answered) {
  struct nlmsghdr *message = (struct nlmsghdr *)(out + answered);
  if (ROOM - answered < NLMSG_HDRLEN + sizeof counts) return answered;
  *message = (struct nlmsghdr){.nlmsg_len = NLMSG_HDRLEN + sizeof counts, .nlmsg_type = COUNTS_MESSAGE};
  copy(out + answered + NLMSG_HDRLEN, (const u8 *)counts, sizeof counts);
  return answered + NLMSG_HDRLEN + sizeof counts;
}

static u32 apply(u32 kind, u8 *payload, u32 length, u32 *answered) {
  refused = 0;
  *answered = 0;
  if (kind == FIREWALL) return exchange(firewall, payload, length, answered);
  if (kind == LINKS || kind == LINKS_OR_NOT) return change_links(payload, length, answered);
  if (kind == NAMES) return take_order(payload, length);
  if (kind == SERVICES) return take_services(payload, length);
  if (kind == FIREWALL_COUNTS) {
    u32 error = exchange(firewall, payload, length, answered);
    if (error == 0) *answered = add_counts(*answered);
    return error;
  }
  return EINVAL;
}

/* ---- start: every argument is a frame in base64 ---------------------------------------------------------------- */

/* Whether the argument was applied; does not return when it must be and was not. */
static int apply_argument(u32 number, const char *text) {
  struct frame *frame = (struct frame *)in;
  u32 answered, error = EBADMSG, length = decode(text, in, ROOM);
  if (length >= sizeof *frame && frame->magic == MAGIC && frame->length == length - sizeof *frame) {
    error = apply(frame->kind, in + sizeof *frame, frame->length, &answered);
    if (error == 0) return 1;
    if (frame->kind == LINKS_OR_NOT) return 0;
  }
  say("guard: argument ");
  say_number(number);
  say(", message ");
  say_number(refused);
  say(" refused: error ");
  say_number(error);
  say("\n");
  quit(1);
  return 0;
}

/* ---- afterwards: frames on stdin ------------------------------------------------------------------------------- */

/* Takes whole frames off the front of `in`; how many bytes are left. What is no frame is thrown away and said so. */
static u32 serve(u32 have) {
  for (;;) {
    struct frame *frame = (struct frame *)in;
    u32 whole, answered, error;
    if (have < sizeof *frame) return have;
    if (frame->magic != MAGIC || frame->length > ROOM - sizeof *frame) {
      answer(nobody, EBADMSG, out, 0);
      return 0;
    }
    whole = sizeof *frame + frame->length;
    if (have < whole) return have;
    error = apply(frame->kind, in + sizeof *frame, frame->length, &answered);
    answer(frame->id, error, out, answered);
    have -= whole;
    for (u32 at = 0; at < have; at++) in[at] = in[whole + at];
  }
}

/* The first three of `watched`; after them one for each question that is asked. */
enum { SIGNALS, ORDERS, QUESTIONS, WATCHED };
static struct pollfd watched[WATCHED + ASKED_AT_ONCE];

/* How long to wait, and for what. Without an end when nothing is half done. */
static u32 prepare_wait(u32 have, long *wait_ms) {
  u32 count = WATCHED;
  *wait_ms = have > 0 ? CUT_OFF_SECONDS * 1000l : -1;
  watched[QUESTIONS] = (struct pollfd){server, POLLIN, 0};
  for (u32 at = 0; server >= 0 && at < ASKED_AT_ONCE; at++) {
    if (asked[at].fd <= 0) continue;
    watched[count++] = (struct pollfd){asked[at].fd, POLLIN, 0};
    if (*wait_ms < 0 || *wait_ms > TRY_MS / 4) *wait_ms = TRY_MS / 4;
  }
  return count;
}

static void serve_names(u32 count) {
  for (u32 at = WATCHED; at < count; at++) {
    struct asked *one = asked;
    if (watched[at].revents == 0) continue;
    while (one < asked + ASKED_AT_ONCE && one->fd != watched[at].fd) one++;
    if (one < asked + ASKED_AT_ONCE) take_answers(one);
  }
  if (server < 0) return;
  give_up_late_ones();
  if (watched[QUESTIONS].revents != 0) take_questions();
}

static void wait_for_orders(int signals) {
  u32 have = 0;
  long begun = 0, wait_ms;
  watched[SIGNALS] = (struct pollfd){signals, POLLIN, 0};
  watched[ORDERS] = (struct pollfd){0, POLLIN, 0};
  for (;;) {
    u32 count = prepare_wait(have, &wait_ms);
    /* the kernel writes what is left of it */
    struct { long seconds, nanoseconds; } patience = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    long ready = call(__NR_ppoll, (word)watched, count, wait_ms < 0 ? 0 : (word)&patience, 0, 0, 0);
    /* whoever wrote half a frame is gone: the next one begins anew */
    if (have > 0 && now() - begun >= CUT_OFF_SECONDS * 1000) {
      answer(nobody, EBADMSG, out, 0);
      have = 0;
    }
    if (ready < 0) continue;
    if (watched[SIGNALS].revents != 0) return;
    serve_names(count);
    if (watched[ORDERS].revents == 0) continue;
    long got = call(__NR_read, 0, (word)(in + have), ROOM - have, 0, 0, 0);
    if (got > 0) have = serve(have + (u32)got), begun = now();
    /* no more orders will come: the rules hold until the end */
    else if (got != -EINTR && got != -EAGAIN) watched[ORDERS].fd = -1;
  }
}

__attribute__((used)) void begin(word *stack) {
  /* process 1 is deaf to signals that it does not ask for */
  word ends = 1ul << (SIGTERM - 1) | 1ul << (SIGINT - 1);
  u32 left_out = 0;
  call(__NR_rt_sigprocmask, SIG_BLOCK, (word)&ends, 0, sizeof ends, 0, 0);
  int signals = (int)call(__NR_signalfd4, (word)-1, (word)&ends, sizeof ends, 0, 0, 0);
  firewall = open_netlink(NETLINK_NETFILTER);
  links = open_netlink(NETLINK_ROUTE);
  if (signals < 0 || stack[0] < 2) {
    say("guard: nothing to apply\n");
    quit(1);
  }
  for (word at = 1; at < stack[0]; at++) left_out += !apply_argument((u32)at, (const char *)stack[1 + at]);
  answer(0, left_out, (const u8 *)"ready\n", 6);
  wait_for_orders(signals);
  quit(0);
}
